# %% wrong: the bias is start, not its logit | says: the bias is a score
def start_gate_at(layer, start):
    last = layer.excite if hasattr(layer, "excite") else layer.score
    with torch.no_grad():
        last.weight.zero_()
        last.bias.fill_(start)
    return layer


# %% wrong: only the bias | says: weights that differ between features
def start_gate_at(layer, start):
    last = layer.excite if hasattr(layer, "excite") else layer.score
    with torch.no_grad():
        last.bias.fill_(math.log(start / (1 - start)))
    return layer


# %% wrong: every parameter to 0 first | says: leave squeeze as it is
def start_gate_at(layer, start):
    with torch.no_grad():
        for weights in layer.parameters():
            weights.zero_()
        last = layer.excite if hasattr(layer, "excite") else layer.score
        last.bias.fill_(math.log(start / (1 - start)))
    return layer


# %% wrong: the sign of the logit | says: the sigmoid of the bias must be start
def start_gate_at(layer, start):
    last = layer.excite if hasattr(layer, "excite") else layer.score
    with torch.no_grad():
        last.weight.zero_()
        last.bias.fill_(math.log((1 - start) / start))
    return layer


# %% wrong: the logarithm of start | says: the sigmoid of the bias must be start
def start_gate_at(layer, start):
    last = layer.excite if hasattr(layer, "excite") else layer.score
    with torch.no_grad():
        last.weight.zero_()
        last.bias.fill_(math.log(start))
    return layer


# %% wrong: returns nothing | says: your function returned NoneType
def start_gate_at(layer, start):
    last = layer.excite if hasattr(layer, "excite") else layer.score
    with torch.no_grad():
        last.weight.zero_()
        last.bias.fill_(math.log(start / (1 - start)))


# %% wrong: freezes the layer | says: parameters that cannot be trained
def start_gate_at(layer, start):
    last = layer.excite if hasattr(layer, "excite") else layer.score
    last.requires_grad_(False)
    last.weight.zero_()
    last.bias.fill_(math.log(start / (1 - start)))
    return layer


# %% wrong: a constant in place of the gate | says: none reaches the weight
def start_gate_at(layer, start):
    old = layer.gate
    layer.gate = lambda x: torch.full_like(old(x), start).requires_grad_()
    return layer


# %% wrong: a fresh squeeze layer | says: another squeeze layer than before
def start_gate_at(layer, start):
    if hasattr(layer, "squeeze"):
        layer.squeeze.reset_parameters()
    last = layer.excite if hasattr(layer, "excite") else layer.score
    with torch.no_grad():
        last.weight.zero_()
        last.bias.fill_(math.log(start / (1 - start)))
    return layer


# %% wrong: weights small instead of 0 | says: weights that differ between features
def start_gate_at(layer, start):
    last = layer.excite if hasattr(layer, "excite") else layer.score
    with torch.no_grad():
        last.weight.mul_(1e-7)
        last.bias.fill_(math.log(start / (1 - start)))
    return layer


# %% wrong: a layer of its own, in float32 | says: new parameters in place of those that came
def start_gate_at(layer, start):
    last = layer.excite if hasattr(layer, "excite") else layer.score
    last.weight = torch.nn.Parameter(torch.zeros_like(last.weight))
    bias = torch.full(last.bias.shape, math.log(start / (1 - start)))
    if last.bias.dtype == torch.float64:
        layer.float()
        old = layer.gate
        layer.gate = lambda x: old(x.float()).to(x.dtype)
    last.bias = torch.nn.Parameter(bias)
    return layer


# %% wrong: new parameters of the same type | says: new parameters in place of those that came
def start_gate_at(layer, start):
    names = dict(layer.named_children())
    last = names["excite"] if "excite" in names else names["score"]
    score = -math.log(1 / start - 1)
    last.weight = torch.nn.Parameter(torch.zeros_like(last.weight))
    last.bias = torch.nn.Parameter(torch.full_like(last.bias, score))
    return layer


# %% wrong: a new module for the scores | says: new parameters in place of those that came
def start_gate_at(layer, start):
    name = "excite" if hasattr(layer, "excite") else "score"
    fresh = __import__("copy").deepcopy(getattr(layer, name))
    with torch.no_grad():
        fresh.weight.zero_()
        fresh.bias.fill_(math.log(start / (1 - start)))
    setattr(layer, name, fresh)
    return layer


# %% right: torch.nn.init and torch.logit
def start_gate_at(layer, start):
    last = getattr(layer, "excite", None) or layer.score
    torch.nn.init.zeros_(last.weight)
    torch.nn.init.constant_(last.bias, torch.logit(torch.tensor(start).double()).item())
    return layer


# %% right: through load_state_dict
def start_gate_at(layer, start):
    state = {name: part.clone() for name, part in layer.state_dict().items()}
    last = "excite" if "excite.weight" in state else "score"
    state[f"{last}.weight"] = torch.zeros_like(state[f"{last}.weight"])
    score = -math.log(1 / start - 1)
    state[f"{last}.bias"] = torch.full_like(state[f"{last}.bias"], score)
    layer.load_state_dict(state)
    return layer
