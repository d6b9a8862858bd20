# %% wrong: one maximum for the batch | says: each map has its own maximum
def drawn_map_loss(maps, classes, masks):
    own = maps[torch.arange(len(maps)), classes].relu()
    drawn = own / own.amax() if own.amax() > 0 else own
    target = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (drawn - target).square().mean()


# %% wrong: no ReLU | says: negative scores become 0
def drawn_map_loss(maps, classes, masks):
    own = maps[torch.arange(len(maps)), classes]
    drawn = own / own.amax(dim=(1, 2), keepdim=True)
    target = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (drawn - target).square().mean()


# %% wrong: subtracts the smallest score | says: subtracting the smallest
def drawn_map_loss(maps, classes, masks):
    own = maps[torch.arange(len(maps)), classes].relu()
    own = own - own.amin(dim=(1, 2), keepdim=True)
    drawn = own / own.amax(dim=(1, 2), keepdim=True).clamp(min=1e-30)
    target = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (drawn - target).square().mean()


# %% wrong: divides by zero | says: NaN
def drawn_map_loss(maps, classes, masks):
    own = maps[torch.arange(len(maps)), classes].relu()
    drawn = own / own.amax(dim=(1, 2), keepdim=True)
    target = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (drawn - target).square().mean()


# %% wrong: adds a small constant to the divisor | says: tiny scores
def drawn_map_loss(maps, classes, masks):
    own = maps[torch.arange(len(maps)), classes].relu()
    drawn = own / (own.amax(dim=(1, 2), keepdim=True) + 1e-6)
    target = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (drawn - target).square().mean()


# %% wrong: detaches the maximum | says: is your maximum detached
def drawn_map_loss(maps, classes, masks):
    own = maps[torch.arange(len(maps)), classes].relu()
    top = own.detach().amax(dim=(1, 2), keepdim=True)
    drawn = own / top.masked_fill(top == 0, 1.0)
    target = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (drawn - target).square().mean()


# %% wrong: detaches the map | says: a loss without gradient
def drawn_map_loss(maps, classes, masks):
    own = maps.detach()[torch.arange(len(maps)), classes].relu()
    top = own.amax(dim=(1, 2), keepdim=True)
    drawn = own / top.masked_fill(top == 0, 1.0)
    target = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (drawn - target).square().mean()


# %% wrong: a patch counts as covered if any pixel is | says: 3 of 4 pixels
def drawn_map_loss(maps, classes, masks):
    own = maps[torch.arange(len(maps)), classes].relu()
    top = own.amax(dim=(1, 2), keepdim=True)
    drawn = own / top.masked_fill(top == 0, 1.0)
    target = F.adaptive_max_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (drawn - target).square().mean()


# %% wrong: the sum over the patches | says: the mean
def drawn_map_loss(maps, classes, masks):
    own = maps[torch.arange(len(maps)), classes].relu()
    top = own.amax(dim=(1, 2), keepdim=True)
    drawn = own / top.masked_fill(top == 0, 1.0)
    target = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (drawn - target).square().sum(dim=(1, 2)).mean()


# %% wrong: always class 1 | says: the class that the picture shows
def drawn_map_loss(maps, classes, masks):
    own = maps[:, -1].relu()
    top = own.amax(dim=(1, 2), keepdim=True)
    drawn = own / top.masked_fill(top == 0, 1.0)
    target = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (drawn - target).square().mean()


# %% wrong: the two-sided loss of the lesson | says: the example
def drawn_map_loss(maps, classes, masks):
    target = torch.zeros_like(maps)
    covered = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    target[torch.arange(len(maps)), classes] = covered
    return (maps - target).square().mean(dim=(0, 2, 3)).sum()


# %% wrong: the ReLU in place, on the argument | says: was changed by your function
def drawn_map_loss(maps, classes, masks):
    with torch.no_grad():
        maps.relu_()
    own = maps[torch.arange(len(maps)), classes]
    top = own.amax(dim=(1, 2), keepdim=True)
    drawn = own / top.masked_fill(top == 0, 1.0)
    target = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (drawn - target).square().mean()


# %% wrong: one maximum per row of the map | says: not one per row
def drawn_map_loss(maps, classes, masks):
    own = maps[torch.arange(len(maps)), classes].relu()
    top = own.amax(dim=2, keepdim=True)
    drawn = own / top.masked_fill(top == 0, 1.0)
    target = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (drawn - target).square().mean()


# %% wrong: a Python number | says: your function returned float
def drawn_map_loss(maps, classes, masks):
    own = maps[torch.arange(len(maps)), classes].relu()
    top = own.amax(dim=(1, 2), keepdim=True)
    drawn = own / top.masked_fill(top == 0, 1.0)
    target = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return float((drawn - target).square().mean())


# %% wrong: the class of the first picture for all | says: each picture has its own class
def drawn_map_loss(maps, classes, masks):
    own = maps[:, classes][:, 0].relu()
    top = own.amax(dim=(1, 2), keepdim=True)
    drawn = own / top.masked_fill(top == 0, 1.0)
    target = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (drawn - target).square().mean()


# %% wrong: masks read between the middles of their pixels | says: a block of 3 by 2
def drawn_map_loss(maps, classes, masks):
    own = maps[torch.arange(len(maps)), classes].relu()
    top = own.amax(dim=(1, 2), keepdim=True)
    drawn = own / top.masked_fill(top == 0, 1.0)
    target = F.interpolate(
        masks[:, None].to(maps.dtype), maps.shape[2:], mode="bilinear"
    )
    return (drawn - target[:, 0]).square().mean()


# %% wrong: a floor under the divisor | says: no floor
def drawn_map_loss(maps, classes, masks):
    own = maps[torch.arange(len(maps)), classes].relu()
    drawn = own / own.amax(dim=(1, 2), keepdim=True).clamp(min=1e-6)
    target = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (drawn - target).square().mean()


# %% wrong: a tiny constant in the divisor | says: no floor
def drawn_map_loss(maps, classes, masks):
    own = maps[torch.arange(len(maps)), classes].relu()
    drawn = own / (own.amax(dim=(1, 2), keepdim=True) + 1e-8)
    target = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (drawn - target).square().mean()


# %% right: picture by picture
def drawn_map_loss(maps, classes, masks):
    parts = []
    for picture, label, mask in zip(maps, classes, masks):
        own = torch.clamp(picture[label], min=0)
        if own.max() > 0:
            own = own / own.max()
        (h, w), (height, width) = own.shape, mask.shape
        blocks = mask.to(own.dtype).reshape(h, height // h, w, width // w)
        parts.append(((own - blocks.mean(dim=(1, 3))) ** 2).mean())
    return torch.stack(parts).mean()


# %% right: with gather and mse_loss
def drawn_map_loss(maps, classes, masks):
    index = classes.view(-1, 1, 1, 1).expand(-1, 1, *maps.shape[2:])
    own = F.relu(maps.gather(1, index)).squeeze(1)
    top = own.flatten(1).max(dim=1).values.view(-1, 1, 1)
    drawn = own / torch.where(top > 0, top, torch.ones_like(top))
    ratio = (masks.shape[1] // own.shape[1], masks.shape[2] // own.shape[2])
    target = F.avg_pool2d(masks.to(maps.dtype), ratio)
    return F.mse_loss(drawn, target)


# %% wrong: a divisor of at least 1e-20 | says: no floor, no small constant
def drawn_map_loss(maps, classes, masks):
    own = maps[torch.arange(len(maps)), classes].relu()
    top = own.amax(dim=(1, 2), keepdim=True)
    drawn = own / top.clamp(min=1e-20)
    t = F.adaptive_avg_pool2d(masks.to(maps.dtype), maps.shape[2:])
    return (drawn - t).square().mean()
