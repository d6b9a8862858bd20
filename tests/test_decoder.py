"""The decoder and its encoder: by hand, against PyTorch, with padding, at the edges."""

import importlib.util
import json
import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course_utils.experiments import FOLDER, load
from course_utils.explorers import date_decoder
from course_utils.scoring import (
    AdditiveAttention,
    DotProductAttention,
    lengths_to_mask,
)
from course_utils.sequence import (
    AttentionDecoder,
    FixedContext,
    TextEncoder,
    Translator,
)
from course_utils.worlds import decode_answers, written_dates

BATCH, LENGTH, STEPS = 3, 7, 5
READ, WRITTEN, EMBEDDING, HIDDEN, KEY, SCORE = 11, 13, 2, 17, 14, 19


def an_encoder(directions=2):
    return TextEncoder(READ, EMBEDDING, KEY // directions, directions)


def a_decoder(attention=None):
    attention = attention or AdditiveAttention(HIDDEN, KEY, SCORE)
    return AttentionDecoder(WRITTEN, EMBEDDING, HIDDEN, KEY, attention)


def some_texts():
    lengths = torch.tensor([4, LENGTH, 1])
    characters = torch.randint(1, READ + 1, (BATCH, LENGTH))
    return characters * lengths_to_mask(lengths, LENGTH)[:, 0], lengths


def some_keys():
    mask = lengths_to_mask(torch.tensor([4, LENGTH, 1]), LENGTH)
    return torch.randn(BATCH, LENGTH, KEY), torch.randn(BATCH, KEY), mask


# ---------------------------------------------------------------------- encoder


@pytest.mark.parametrize("directions", [1, 2])
def test_encoder_is_pytorchs_gru_on_each_text_alone(directions):
    encoder = an_encoder(directions)
    characters, lengths = some_texts()
    states, summary = encoder(characters, lengths)
    assert states.shape == (BATCH, LENGTH, KEY) and summary.shape == (BATCH, KEY)
    for text, length in enumerate(lengths):
        alone = encoder.embedding(characters[text : text + 1, :length])
        outputs, last = encoder.gru(alone)
        torch.testing.assert_close(states[text, :length], outputs[0])
        assert (states[text, length:] == 0).all()
        torch.testing.assert_close(summary[text], last[:, 0].flatten())


def test_summary_is_the_last_state_forwards_and_the_first_backwards():
    states, summary = an_encoder()(torch.tensor([[3, 5, 2, 0]]), torch.tensor([3]))
    torch.testing.assert_close(summary[0, : KEY // 2], states[0, 2, : KEY // 2])
    torch.testing.assert_close(summary[0, KEY // 2 :], states[0, 0, KEY // 2 :])


@pytest.mark.parametrize("lengths", [[4, 7, 0], [4, 8, 1]])
def test_encoder_refuses_texts_that_are_empty_or_too_long(lengths):
    with pytest.raises(ValueError, match="lengths: expected lengths from 1 to 7"):
        an_encoder()(some_texts()[0], torch.tensor(lengths))


# ---------------------------------------------------------------------- contexts


def test_largest_values_by_hand():
    values = torch.tensor([[[1.0, 5.0, -2.0], [3.0, 4.0, -1.0], [9.0, 9.0, 9.0]]])
    mask = torch.tensor([[[True, True, False]]])
    context, weights = FixedContext("max")(torch.zeros(1, 1, 1), values, values, mask)
    assert context.tolist() == [[[3.0, 5.0, -1.0]]]
    assert weights.tolist() == [[pytest.approx([1 / 3, 2 / 3, 0.0])]]
    context, weights = FixedContext("mean")(torch.zeros(1, 1, 1), values, values, mask)
    assert context.tolist() == [[[2.0, 4.5, -1.5]]]
    assert weights.tolist() == [[[0.5, 0.5, 0.0]]]


@pytest.mark.parametrize("pool", ["max", "mean"])
def test_fixed_context_does_not_listen_to_the_query(pool):
    keys, _, mask = some_keys()
    context = FixedContext(pool)
    one, weights = context(torch.randn(BATCH, 2, HIDDEN), keys, keys, mask)
    other, same = context(torch.randn(BATCH, 2, HIDDEN), keys, keys, mask)
    assert one.shape == (BATCH, 2, KEY) and weights.shape == (BATCH, 2, LENGTH)
    assert torch.equal(one, other) and torch.equal(weights, same)
    assert (weights[~mask.expand_as(weights)] == 0).all()
    torch.testing.assert_close(weights.sum(-1), torch.ones(BATCH, 2))
    without, _ = context(torch.randn(BATCH, 1, HIDDEN), keys, keys)
    expected = keys.amax(1) if pool == "max" else keys.mean(1)
    torch.testing.assert_close(without[:, 0], expected)


def test_a_maximum_of_nothing_is_refused():
    keys = torch.zeros(1, LENGTH, KEY)
    nothing = torch.zeros(1, 1, LENGTH, dtype=torch.bool)
    with pytest.raises(ValueError, match="mask: expected a key for every query"):
        FixedContext()(torch.zeros(1, 1, HIDDEN), keys, keys, nothing)
    with pytest.raises(ValueError, match="pool: expected one of 'max', 'mean'"):
        FixedContext("median")
    keys = torch.zeros(2, 5, 3)
    with pytest.raises(ValueError, match="with the batch of keys"):
        FixedContext()(torch.zeros(2, 1, 7), keys, keys[:1])


# ----------------------------------------------------------------------- decoder


def test_one_step_by_hand():
    """One number of state, two keys; every weight 1, every bias 0."""
    decoder = AttentionDecoder(2, 1, 1, 1, DotProductAttention(scaled=False))
    for weights in decoder.parameters():
        nn.init.ones_(weights) if weights.ndim > 1 else nn.init.zeros_(weights)
    keys, state = torch.tensor([[[1.0], [0.0]]]), torch.tensor([[math.log(3)]])
    scores, after, weights = decoder.step(torch.tensor([0]), state, keys)
    assert weights.tolist() == [[pytest.approx([0.75, 0.25])]]
    told = 1 + 0.75  # the embedding, and the context
    gate = 1 / (1 + math.exp(-(told + math.log(3))))  # reset and update alike
    new = math.tanh(told + gate * math.log(3))
    expected = (1 - gate) * new + gate * math.log(3)
    assert after.item() == pytest.approx(expected, abs=1e-6)
    assert scores.tolist() == [pytest.approx([expected + 0.75] * 2, abs=1e-6)]


def test_with_a_fixed_context_and_the_truth_it_is_pytorchs_gru():
    keys, summary, mask = some_keys()
    truth = torch.randint(WRITTEN, (BATCH, STEPS))
    decoder = a_decoder(FixedContext("mean"))
    scores, weights = decoder(keys, summary, mask, STEPS, truth)
    assert scores.shape == (BATCH, STEPS, WRITTEN)
    assert weights.shape == (BATCH, STEPS, LENGTH)

    peer = nn.GRU(EMBEDDING + KEY, HIDDEN, batch_first=True)
    names = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
    peer.load_state_dict({f"{n}_l0": getattr(decoder.cell, n) for n in names})
    start = torch.full((BATCH, 1), WRITTEN)
    told = decoder.embedding(torch.cat([start, truth[:, :-1]], dim=1))
    share = mask.transpose(1, 2) / mask.sum(-1, keepdim=True)
    context = (keys * share).sum(1, keepdim=True).expand(-1, STEPS, -1)
    first = torch.tanh(decoder.first_state(summary))[None]
    states, _ = peer(torch.cat([told, context], -1), first)
    expected = decoder.to_scores(torch.cat([states, context], -1))
    torch.testing.assert_close(scores, expected)


def test_the_query_is_the_state_before_the_step():
    keys, summary, mask = some_keys()
    decoder = a_decoder()
    _, weights = decoder(keys, summary, mask, 1)
    first = torch.tanh(decoder.first_state(summary))
    _, expected = decoder.attention(first[:, None], keys, keys, mask)
    torch.testing.assert_close(weights, expected)
    assert (weights[~mask] == 0).all()


def test_running_freely_is_being_told_what_it_wrote():
    keys, summary, mask = some_keys()
    decoder = a_decoder()
    scores, weights = decoder(keys, summary, mask, STEPS)
    written = scores.argmax(-1)
    again, same = decoder(keys, summary, mask, STEPS, written)
    assert torch.equal(scores, again) and torch.equal(weights, same)
    other = (written + 1) % WRITTEN  # told something else, it says something else
    told, _ = decoder(keys, summary, mask, STEPS, other)
    assert torch.equal(told[:, 0], scores[:, 0])
    assert not torch.allclose(told[:, 1:], scores[:, 1:])


def test_both_ways_agree_up_to_the_first_mistake():
    keys, summary, mask = some_keys()
    decoder = a_decoder()
    truth = torch.randint(WRITTEN, (BATCH, STEPS))
    truth[:, :2] = decoder(keys, summary, mask, 2)[0].argmax(-1)
    free = decoder(keys, summary, mask, STEPS)[0]
    forced = decoder(keys, summary, mask, STEPS, truth)[0]
    assert torch.equal(free[:, :3], forced[:, :3])


def test_later_truth_reaches_no_earlier_character():
    keys, summary, mask = some_keys()
    truth = torch.randint(WRITTEN, (BATCH, STEPS))
    decoder = a_decoder()
    before, _ = decoder(keys, summary, mask, STEPS, truth)
    truth[:, 2] = (truth[:, 2] + 1) % WRITTEN
    after, _ = decoder(keys, summary, mask, STEPS, truth)
    assert torch.equal(before[:, :3], after[:, :3])
    assert not torch.allclose(before[:, 3], after[:, 3])


def test_gradients():
    attention = AdditiveAttention(3, 2, 5)
    decoder = AttentionDecoder(3, 2, 3, 2, attention).double()
    mask = lengths_to_mask(torch.tensor([2, 3]), 3)
    truth = torch.tensor([[0, 2], [1, 1]])
    keys = torch.randn(2, 3, 2, dtype=torch.float64, requires_grad=True)
    summary = torch.randn(2, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(
        lambda k, s: decoder(k, s, mask, 2, truth)[0], (keys, summary)
    )
    scores, _ = decoder(keys, summary, mask, 2, truth)
    F.cross_entropy(scores.flatten(0, 1), truth.flatten()).backward()
    assert (keys.grad[0, 2] == 0).all() and (keys.grad[1, 2] != 0).any()
    assert all(p.grad is not None for p in decoder.parameters())


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64])
def test_other_precisions(dtype):
    keys, summary, mask = some_keys()
    for attention in (None, FixedContext("max"), FixedContext("mean")):
        decoder = a_decoder(attention).to(dtype)
        scores, weights = decoder(keys.to(dtype), summary.to(dtype), mask, STEPS)
        assert scores.dtype == weights.dtype == dtype
        assert scores.isfinite().all()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"keys": torch.zeros(3, 7, 15)}, ValueError, r"keys: .*\(3, 7, 14\) as this"),
        ({"summary": torch.zeros(2, 14)}, ValueError, "summary: .*batch of keys"),
        ({"summary": torch.zeros(3, 14).double()}, TypeError, "summary: .*float32"),
        ({"steps": 0}, ValueError, "steps: expected at least 1"),
        ({"truth": torch.zeros(3, 5)}, TypeError, "truth: expected whole numbers"),
        ({"truth": torch.full((3, 5), 13)}, ValueError, "truth: .*from 0 to 12"),
        ({"truth": torch.zeros(3, 6).long()}, ValueError, "truth: .*for each step"),
        ({"mask": torch.ones(3, 1, 7)}, TypeError, "mask: expected a boolean"),
    ],
)
def test_decoder_says_what_is_wrong(change, error, message):
    keys, summary, mask = some_keys()
    arguments = {"keys": keys, "summary": summary, "mask": mask, "steps": STEPS}
    with pytest.raises(error, match=message):
        a_decoder()(**(arguments | change))


# -------------------------------------------------------------------- translator


@pytest.mark.parametrize("attention", [None, FixedContext("max"), FixedContext("mean")])
def test_a_text_is_read_alike_in_any_company(attention):
    model = Translator(an_encoder(), a_decoder(attention))
    characters, lengths = some_texts()
    scores, weights = model(characters, lengths, STEPS)
    for text, length in enumerate(lengths):
        alone = characters[text : text + 1, :length], lengths[text : text + 1]
        expected, looked = model(*alone, STEPS)
        torch.testing.assert_close(scores[text : text + 1], expected)
        torch.testing.assert_close(weights[text : text + 1, :, :length], looked)
        assert (weights[text, :, length:] == 0).all()
    torch.testing.assert_close(
        weights.sum(-1), torch.ones(BATCH, STEPS), atol=1e-5, rtol=0
    )


def test_what_stands_in_the_padding_does_not_matter():
    model = Translator(an_encoder(), a_decoder())
    characters, lengths = some_texts()
    scores, _ = model(characters, lengths, STEPS)
    hidden = ~lengths_to_mask(lengths, LENGTH)[:, 0]
    scribbled = characters.masked_fill(hidden, 5)
    assert torch.equal(model(scribbled, lengths, STEPS)[0], scores)


# ------------------------------------------------------- the explorer's decoder


@pytest.fixture
def stored_decoder():
    """The explorer's weights in the package's decoder, and its texts."""
    stored = json.loads(date_decoder.SOURCE.read_text(encoding="utf-8"))
    weights = {name: torch.tensor(w) for name, w in stored["weights"].items()}
    decoder = AttentionDecoder(12, 6, 24, 24, AdditiveAttention(24, 24, 12))
    missing = decoder.load_state_dict(weights, strict=False)
    assert missing.missing_keys == ["first_state.weight", "first_state.bias"]
    assert missing.unexpected_keys == []
    return decoder.double(), stored["texts"]


@pytest.mark.parametrize("hide", date_decoder.HIDE)
def test_explorer_runs_the_packages_decoder(stored_decoder, hide):
    decoder, texts = stored_decoder
    for number, text in enumerate(texts):
        keys = torch.tensor([text["keys"]], dtype=torch.float64)
        state = torch.tensor([text["state"]], dtype=torch.float64)
        mask = torch.tensor([[date_decoder.allowed(number, hide)]])
        written, rows, answer = torch.tensor([12]), [], ""
        with torch.no_grad():
            for _ in range(10):
                scores, state, weights = decoder.step(written, state, keys, mask)
                written = scores.argmax(-1)
                rows.append(weights[0, 0])
                answer += date_decoder.WRITTEN[written]
        found = date_decoder.compute(str(number), 1, hide, 1)
        assert found["answer"] == answer
        torch.testing.assert_close(
            torch.tensor(found["weights"], dtype=torch.float64), torch.stack(rows)
        )


def test_explorer_shows_what_the_lesson_says_of_it():
    texts = date_decoder.TEXTS

    def answers(hide, temperature=1):
        numbers = range(len(texts))
        return [
            date_decoder.compute(str(n), 1, hide, temperature)["answer"]
            for n in numbers
        ]

    truths = [text["truth"] for text in texts]
    assert answers("none") == answers("rest") == truths
    assert all(len(text["parts"]) == len(text["text"]) for text in texts)
    for found, truth in zip(answers("month"), truths, strict=True):
        assert found[:5] + found[7:] == truth[:5] + truth[7:] and found != truth
    for found, truth in zip(answers("day"), truths, strict=True):
        assert found[:8] == truth[:8] and found != truth
    late = answers("year")[4]  # one character too many: out of step
    assert "-" not in (late[4], late[7]) and late.count("-") == 2
    right = [
        sum(a == t for a, t in zip(answers("none", x), truths, strict=True))
        for x in (2, 4)
    ]
    assert right == [1, 0]


# ------------------------------------------------------------- stored experiment


def experiment():
    """The script behind the stored table, as a module."""
    path = FOLDER / "attention_over_time.py"
    spec = importlib.util.spec_from_file_location("attention_over_time", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_stored_rows_are_complete_and_the_decoders_fair():
    module, rows = experiment(), load("attention_over_time").rows
    settings = [
        tuple(row[k] for k in ("context", "dates", "steps", "directions", "seed"))
        for row in rows
    ]
    assert settings == [(*s, seed) for s in module.SETTINGS for seed in module.SEEDS]
    counts = {row["context"]: row["parameters"] for row in rows}
    attention = {r["parameters"] for r in rows if r["context"] == "attention"}
    assert max(attention) < counts["max"] == counts["mean"]


@pytest.mark.slow
def test_cheapest_stored_row_comes_out_again():
    module, rows = experiment(), load("attention_over_time").rows
    again = module.row(*module.SETTINGS[0], seed=0)
    for column in ("exact 0", "exact 6", "exact 24", "peak", "peak +-1", "mass"):
        assert again[column] == pytest.approx(rows[0][column], abs=0.12), column


def test_a_date_written_twice_keeps_no_more(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    twice = importlib.import_module("one_date_twice").twice
    once = written_dates(7, 3, seed=1)
    both, date = twice(once).answers, once.answers  # (texts, 21), (texts, 10)
    written = zip(decode_answers(both), decode_answers(date), strict=True)
    assert all(two == f"{one} {one}" for two, one in written)
    assert torch.equal(twice(once).characters, once.characters)
    assert twice(once).alignment.shape == (*both.shape, once.characters.shape[1])
    assert [row["seed"] for row in load("one_date_twice").rows] == [*range(5)]
