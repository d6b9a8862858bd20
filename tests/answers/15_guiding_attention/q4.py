# %% wrong: backward() leaves gradients behind | says: .grad that was None before
def unreached(losses, network):
    found = {}
    for name, loss in losses.items():
        network.zero_grad()
        if loss.requires_grad:
            loss.backward(retain_graph=True)
        found[name] = [
            n
            for n, p in network.named_parameters()
            if p.requires_grad and (p.grad is None or not p.grad.any())
        ]
    return found


# %% wrong: forgets to keep the graph | says: retain_graph=True
def unreached(losses, network):
    named = [(n, p) for n, p in network.named_parameters() if p.requires_grad]
    found = {}
    for name, loss in losses.items():
        slopes = [None] * len(named)
        if loss.requires_grad:
            keep = name != "zero"
            slopes = torch.autograd.grad(
                loss, [p for _, p in named], retain_graph=keep, allow_unused=True
            )
        found[name] = [
            n for (n, _), s in zip(named, slopes) if s is None or not s.any()
        ]
    return found


# %% wrong: zeros count as reached | says: a gradient of zeros moves nothing
def unreached(losses, network):
    named = [(n, p) for n, p in network.named_parameters() if p.requires_grad]
    found = {}
    for name, loss in losses.items():
        slopes = [None] * len(named)
        if loss.requires_grad:
            slopes = torch.autograd.grad(
                loss, [p for _, p in named], retain_graph=True, allow_unused=True
            )
        found[name] = [n for (n, _), s in zip(named, slopes) if s is None]
    return found


# %% wrong: a detached loss is skipped | says: a dict with one entry for each loss
def unreached(losses, network):
    named = [(n, p) for n, p in network.named_parameters() if p.requires_grad]
    found = {}
    for name, loss in losses.items():
        if not loss.requires_grad:
            continue
        slopes = torch.autograd.grad(
            loss, [p for _, p in named], retain_graph=True, allow_unused=True
        )
        found[name] = [
            n for (n, _), s in zip(named, slopes) if s is None or not s.any()
        ]
    return found


# %% wrong: a detached loss lists nothing | says: list every parameter
def unreached(losses, network):
    named = [(n, p) for n, p in network.named_parameters() if p.requires_grad]
    found = {}
    for name, loss in losses.items():
        found[name] = []
        if loss.requires_grad:
            slopes = torch.autograd.grad(
                loss, [p for _, p in named], retain_graph=True, allow_unused=True
            )
            found[name] = [
                n for (n, _), s in zip(named, slopes) if s is None or not s.any()
            ]
    return found


# %% wrong: judges the sum of the losses | says: each loss alone
def unreached(losses, network):
    named = [(n, p) for n, p in network.named_parameters() if p.requires_grad]
    total = sum(losses.values())
    slopes = torch.autograd.grad(
        total, [p for _, p in named], retain_graph=True, allow_unused=True
    )
    dead = [n for (n, _), s in zip(named, slopes) if s is None or not s.any()]
    return {name: list(dead) for name in losses}


# %% wrong: lists frozen parameters | says: frozen parameters are never listed
def unreached(losses, network):
    found = {}
    for name, loss in losses.items():
        found[name] = []
        for n, p in network.named_parameters():
            slope = None
            if loss.requires_grad and p.requires_grad:
                (slope,) = torch.autograd.grad(
                    loss, [p], retain_graph=True, allow_unused=True
                )
            if slope is None or not slope.any():
                found[name].append(n)
    return found


# %% wrong: adds to gradients from before, then puts zeros | says: the gradients that the caller
def unreached(losses, network):
    named = [(n, p) for n, p in network.named_parameters() if p.requires_grad]
    found = {}
    for name, loss in losses.items():
        slopes = [None] * len(named)
        if loss.requires_grad:
            slopes = torch.autograd.grad(
                loss, [p for _, p in named], retain_graph=True, allow_unused=True
            )
        found[name] = [
            n for (n, _), s in zip(named, slopes) if s is None or not s.any()
        ]
    for p in network.parameters():
        if p.grad is not None:
            p.grad.zero_()
    return found


# %% wrong: nearly cancelling gradients for silence | says: gradients that cancel
def unreached(losses, network):
    named = [(n, p) for n, p in network.named_parameters() if p.requires_grad]
    found = {}
    for name, loss in losses.items():
        slopes = [None] * len(named)
        if loss.requires_grad:
            slopes = torch.autograd.grad(
                loss, [p for _, p in named], retain_graph=True, allow_unused=True
            )
        found[name] = [
            n for (n, _), s in zip(named, slopes) if s is None or s.sum().abs() < 1e-6
        ]
    return found


# %% wrong: a threshold for small gradients | says: one place that is not exactly 0
def unreached(losses, network):
    named = [(n, p) for n, p in network.named_parameters() if p.requires_grad]
    found = {}
    for name, loss in losses.items():
        slopes = [None] * len(named)
        if loss.requires_grad:
            slopes = torch.autograd.grad(
                loss, [p for _, p in named], retain_graph=True, allow_unused=True
            )
        found[name] = [
            n for (n, _), s in zip(named, slopes) if s is None or s.abs().max() < 1e-10
        ]
    return found


# %% wrong: some places without gradient are an alarm | says: one place with a gradient
def unreached(losses, network):
    named = [(n, p) for n, p in network.named_parameters() if p.requires_grad]
    found = {}
    for name, loss in losses.items():
        slopes = [None] * len(named)
        if loss.requires_grad:
            slopes = torch.autograd.grad(
                loss, [p for _, p in named], retain_graph=True, allow_unused=True
            )
        found[name] = [
            n
            for (n, p), s in zip(named, slopes)
            if s is None or (s == 0).float().mean() > 0.2
        ]
    return found


# %% wrong: sets instead of lists | says: a list of names
def unreached(losses, network):
    named = [(n, p) for n, p in network.named_parameters() if p.requires_grad]
    found = {}
    for name, loss in losses.items():
        slopes = [None] * len(named)
        if loss.requires_grad:
            slopes = torch.autograd.grad(
                loss, [p for _, p in named], retain_graph=True, allow_unused=True
            )
        found[name] = {
            n for (n, _), s in zip(named, slopes) if s is None or not s.any()
        }
    return found


# %% wrong: the sum of the gradient | says: gradients that cancel
def unreached(losses, network):
    named = [(n, p) for n, p in network.named_parameters() if p.requires_grad]
    found = {}
    for name, loss in losses.items():
        slopes = [None] * len(named)
        if loss.requires_grad:
            slopes = torch.autograd.grad(
                loss, [p for _, p in named], retain_graph=True, allow_unused=True
            )
        found[name] = [
            n for (n, _), s in zip(named, slopes) if s is None or s.sum() == 0
        ]
    return found


# %% wrong: the mean of the gradient | says: gradients that cancel
def unreached(losses, network):
    named = [(n, p) for n, p in network.named_parameters() if p.requires_grad]
    found = {}
    for name, loss in losses.items():
        slopes = [None] * len(named)
        if loss.requires_grad:
            slopes = torch.autograd.grad(
                loss, [p for _, p in named], retain_graph=True, allow_unused=True
            )
        found[name] = [
            n for (n, _), s in zip(named, slopes) if s is None or s.mean() == 0
        ]
    return found


# %% wrong: one zero is an alarm | says: one place with a gradient
def unreached(losses, network):
    named = [(n, p) for n, p in network.named_parameters() if p.requires_grad]
    found = {}
    for name, loss in losses.items():
        slopes = [None] * len(named)
        if loss.requires_grad:
            slopes = torch.autograd.grad(
                loss, [p for _, p in named], retain_graph=True, allow_unused=True
            )
        found[name] = [
            n for (n, _), s in zip(named, slopes) if s is None or (s == 0).any()
        ]
    return found


# %% wrong: four zeros of five are an alarm | says: one place that is not exactly 0
def unreached(losses, network):
    named = [(n, p) for n, p in network.named_parameters() if p.requires_grad]
    found = {}
    for name, loss in losses.items():
        slopes = [None] * len(named)
        if loss.requires_grad:
            slopes = torch.autograd.grad(
                loss, [p for _, p in named], retain_graph=True, allow_unused=True
            )
        found[name] = [
            n
            for (n, _), s in zip(named, slopes)
            if s is None or (s == 0).float().mean() >= 0.8
        ]
    return found


# %% wrong: the square underflows | says: one place that is not exactly 0
def unreached(losses, network):
    named = [(n, p) for n, p in network.named_parameters() if p.requires_grad]
    found = {}
    for name, loss in losses.items():
        slopes = [None] * len(named)
        if loss.requires_grad:
            slopes = torch.autograd.grad(
                loss, [p for _, p in named], retain_graph=True, allow_unused=True
            )
        found[name] = [
            n for (n, _), s in zip(named, slopes) if s is None or s.square().sum() == 0
        ]
    return found


# %% wrong: forgets the absolute value | says: all negative
def unreached(losses, network):
    named = [(n, p) for n, p in network.named_parameters() if p.requires_grad]
    found = {}
    for name, loss in losses.items():
        slopes = [None] * len(named)
        if loss.requires_grad:
            slopes = torch.autograd.grad(
                loss, [p for _, p in named], retain_graph=True, allow_unused=True
            )
        found[name] = [
            n for (n, _), s in zip(named, slopes) if s is None or s.max() <= 0
        ]
    return found


# %% wrong: asks frozen parameters, too | says: leave parameters with requires_grad=False out
def unreached(losses, network):
    named = list(network.named_parameters())
    found = {}
    for name, loss in losses.items():
        slopes = [None] * len(named)
        if loss.requires_grad:
            slopes = torch.autograd.grad(
                loss, [p for _, p in named], retain_graph=True, allow_unused=True
            )
        found[name] = [
            n
            for (n, p), s in zip(named, slopes)
            if p.requires_grad and (s is None or not s.any())
        ]
    return found


# %% wrong: asks a detached loss | says: ask only losses that carry a gradient
def unreached(losses, network):
    named = [(n, p) for n, p in network.named_parameters() if p.requires_grad]
    found = {}
    for name, loss in losses.items():
        slopes = torch.autograd.grad(
            loss, [p for _, p in named], retain_graph=True, allow_unused=True
        )
        found[name] = [
            n for (n, _), s in zip(named, slopes) if s is None or not s.any()
        ]
    return found


# %% right: one parameter at a time
def unreached(losses, network):
    found = {name: [] for name in losses}
    for n, p in network.named_parameters():
        if not p.requires_grad:
            continue
        for name, loss in losses.items():
            moved = False
            if loss.grad_fn is not None:
                slope = torch.autograd.grad(
                    loss, p, retain_graph=True, allow_unused=True
                )[0]
                moved = slope is not None and slope.abs().max().item() > 0
            if not moved:
                found[name].append(n)
    return found


# %% right: backward, with the old gradients put back
def unreached(losses, network):
    named = [(n, p) for n, p in network.named_parameters() if p.requires_grad]
    old = [p.grad for _, p in named]
    found = {}
    for name, loss in losses.items():
        for _, p in named:
            p.grad = None
        if loss.requires_grad and named:
            loss.backward(retain_graph=True, inputs=[p for _, p in named])
        found[name] = [
            n for n, p in named if p.grad is None or not torch.count_nonzero(p.grad)
        ]
    for (_, p), before in zip(named, old):
        p.grad = before
    return found
