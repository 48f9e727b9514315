"""What kernels accept and refuse, and what they say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from kernel_inputs import derived
from numpy.testing import assert_allclose
from sympy import Eq, IndexedBase, Sum, exp, log, symbols

import derive
from derive.errors import DeriveError
from derive.kernels import kernel, kernel_files

C, K, M = symbols("C K M", integer=True, positive=True)
i, j, k, m, t = symbols("i j k m t", integer=True)
T = symbols("T", positive=True)
z, y = IndexedBase("z", shape=(C,)), IndexedBase("y", shape=(C,))
W = IndexedBase("W", shape=(C, K))
LOGITS = np.array([[1.0, 2.0, 0.5], [0.0, -1.0, 3.0]])
LABELS = np.array([[0.25, 0.5, 0.25], [1.0, 0.0, 0.0]])


@pytest.fixture(scope="module")
def loss() -> Any:
    return kernel(derived("softmax-cross-entropy"), "numpy")


@pytest.fixture(scope="module")
def warm() -> Any:
    return kernel(derived("logits and temperature"), "numpy")


@pytest.fixture(scope="module")
def of_class() -> Any:
    return kernel(derived("log of class"), "numpy")


# --- targets -------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["c", "torch", "jax"])
def test_later_targets_say_so(target: str) -> None:
    with pytest.raises(DeriveError, match=f"the {target} kernel comes with a later version"):
        kernel(derived("softmax-cross-entropy"), target)


def test_an_unknown_target_is_named_beside_the_known_ones() -> None:
    with pytest.raises(DeriveError, match="no target fortran; choose one of numpy, mpmath"):
        kernel(derived("softmax-cross-entropy"), "fortran")


def test_the_file_carries_the_name_of_the_entry() -> None:
    files = kernel_files(derived("softmax-cross-entropy"))
    assert list(files) == ["softmax_cross_entropy_numpy.py"]
    assert files["softmax_cross_entropy_numpy.py"] == loss_source()


def loss_source() -> str:
    return kernel(derived("softmax-cross-entropy"), "numpy").source


# --- names and types -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"z": LOGITS}, "y"),
        ({"z": LOGITS, "y": LABELS, "x": 1}, "x"),
        ({"z": LOGITS.astype(np.float32), "y": LABELS}, "z is float32"),
        ({"z": LOGITS + 0j, "y": LABELS}, "z is of type complex128"),
        ({"z": LOGITS > 0, "y": LABELS}, "z is of type bool"),
        ({"z": "logits", "y": LABELS}, "z is of type"),
    ],
)
def test_wrong_names_and_types_are_type_errors(loss: Any, given: Any, named: str) -> None:
    with pytest.raises(TypeError, match=named):
        loss(**given)


def test_arguments_are_keywords(loss: Any) -> None:
    with pytest.raises(TypeError):
        loss(LABELS, LOGITS)


def test_lists_and_integers_are_floats(loss: Any) -> None:
    value, derivative = loss(z=[1, 2, 3], y=[0.0, 1.0, 0.0])
    assert value.dtype == derivative.dtype == np.float64
    assert_allclose(value, loss(z=np.array([1.0, 2.0, 3.0]), y=1)[0])


def test_numbers_follow_the_type_of_the_arrays(warm: Any) -> None:
    labels = LABELS.astype(np.float32)
    value, (by_z, by_t) = warm(z=LOGITS.astype(np.float32), y=labels, T=2.0)
    assert value.dtype == by_z.dtype == by_t.dtype == np.float32
    with pytest.raises(TypeError, match="T is float64"):
        warm(z=LOGITS.astype(np.float32), y=labels, T=np.array([2.0, 1.0]))


def test_a_parameter_may_differ_in_every_batch_entry(warm: Any) -> None:
    together, (by_z, by_t) = warm(z=LOGITS, y=LABELS, T=np.array([2.0, 0.5]))
    for n, temperature in enumerate([2.0, 0.5]):
        alone, (row_z, row_t) = warm(z=LOGITS[n], y=LABELS[n], T=temperature)
        assert_allclose([together[n], by_t[n]], [alone, row_t])
        assert_allclose(by_z[n], row_z)


# --- shapes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"z": LOGITS, "y": LABELS[:, :2]}, r"y has the shape \(2, 2\).*\(C,\) = \(3,\)"),
        ({"z": LOGITS, "y": np.ones((5, 3))}, r"batch axes do not fit.*y has \(5,\)"),
        ({"z": 1.0, "y": LABELS}, r"z has the shape \(\), too few axes"),
        ({"z": np.ones((2, 0)), "y": np.ones((2, 0))}, "the size C is 0"),
        ({"z": LOGITS, "y": np.array([0, 3])}, "y holds the class 3; classes run from 0 to 2"),
        ({"z": LOGITS, "y": np.array([-1, 0])}, "y holds the class -1"),
        ({"z": LOGITS, "y": LABELS.astype(int)}, "y is an array of integers.*give floats"),
    ],
)
def test_wrong_shapes_and_classes_are_value_errors(loss: Any, given: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        loss(**given)


@pytest.mark.parametrize(
    ("classes", "error", "said"),
    [
        (np.array([0, 3]), ValueError, "t holds the class 3"),
        (np.array([0.0, 1.0]), TypeError, "t is of type float64; give integers"),
        (np.array([True, False]), TypeError, "t is of type bool"),
    ],
)
def test_wrong_classes_are_refused(of_class: Any, classes: Any, error: Any, said: str) -> None:
    with pytest.raises(error, match=said):
        of_class(z=LOGITS, t=classes)


def test_a_class_for_all(of_class: Any) -> None:
    value, _ = of_class(z=LOGITS, t=1)
    assert_allclose(value, [of_class(z=row, t=1)[0] for row in LOGITS])


def test_a_size_that_no_array_tells_is_an_argument() -> None:
    function = kernel(derive.gradient(Sum(T**m / m, (m, 1, M)), T), "numpy")
    value, derivative = function(T=0.5, M=3)
    assert_allclose(value, 0.5 + 0.125 + 0.125 / 3)
    assert_allclose(derivative, 1 + 0.5 + 0.25)
    with pytest.raises(TypeError, match=r"the size M is 2\.5"):
        function(T=0.5, M=2.5)
    with pytest.raises(ValueError, match="the size M is 0"):
        function(T=0.5, M=0)


def test_sizes_have_to_agree_between_arrays() -> None:
    loss = Sum(z[i] * Sum(W[i, j] ** 2, (j, 1, K)), (i, 1, C))
    function = kernel(derive.gradient(loss, W[k, m]), "numpy")
    with pytest.raises(ValueError, match=r"[zW] has the shape"):
        function(z=np.ones(3), W=np.ones((2, 4)))


# --- results -------------------------------------------------------------------------------------


def test_results_are_written_into_out(loss: Any) -> None:
    out = np.empty(2), np.empty((2, 3))
    wanted = loss(z=LOGITS, y=LABELS)
    returned = loss(z=LOGITS, y=LABELS, out=out)
    assert returned[0] is out[0]
    assert returned[1] is out[1]
    assert_allclose(out[0], wanted[0])
    assert_allclose(out[1], wanted[1])


def test_out_may_be_an_input(loss: Any) -> None:
    logits = LOGITS.copy()
    wanted = loss(z=LOGITS, y=LABELS)
    loss(z=logits, y=LABELS, out=(np.empty(2), logits))
    assert_allclose(logits, wanted[1])


def test_out_of_several_variables_is_nested(warm: Any) -> None:
    out = np.empty(2), (np.empty((2, 3)), np.empty(2))
    wanted = warm(z=LOGITS, y=LABELS, T=2.0)
    warm(z=LOGITS, y=LABELS, T=2.0, out=out)
    assert_allclose(out[1][0], wanted[1][0])
    assert_allclose(out[1][1], wanted[1][1])
    with pytest.raises(TypeError, match="no tuple of 2"):
        warm(z=LOGITS, y=LABELS, T=2.0, out=(np.empty(2), np.empty((2, 3)), np.empty(2)))


@pytest.mark.parametrize(
    ("out", "error", "said"),
    [
        ((np.empty(3), np.empty((2, 3))), ValueError, r"value has the shape \(3,\)"),
        ((np.empty(2), np.empty((2, 4))), ValueError, r"derivative has the shape \(2, 4\)"),
        ((np.empty(2, np.float32), np.empty((2, 3))), TypeError, "value is of type float32"),
        (np.empty((2, 3)), TypeError, "out is no tuple of 2"),
        (([0.0, 0.0], np.empty((2, 3))), TypeError, "value is of type list"),
    ],
)
def test_a_wrong_out_is_refused_and_stays_untouched(
    loss: Any, out: Any, error: Any, said: str
) -> None:
    arrays = [a for a in out if isinstance(a, np.ndarray)] if isinstance(out, tuple) else []
    for array in arrays:
        array.fill(7)
    with pytest.raises(error, match=said):
        loss(z=LOGITS, y=LABELS, out=out)
    assert all((array == 7).all() for array in arrays)


def test_inputs_stay_as_they_are(loss: Any) -> None:
    logits, labels = LOGITS.copy(), LABELS.copy()
    logits.flags.writeable = labels.flags.writeable = False
    loss(z=logits, y=labels)
    assert (logits == LOGITS).all()


def test_symbols_with_names_that_python_cannot_have() -> None:
    weight, logits = symbols("lambda"), IndexedBase(r"\hat{z}'", shape=(C,))
    total = weight * Sum(logits[i] ** 2, (i, 1, C))
    function = kernel(derive.gradient(total, [logits[k], weight]), "numpy")
    value, (by_logits, by_weight) = function(z_hat_prime=np.array([1.0, 2.0]), lambda_=3.0)
    assert value == 15
    assert by_logits.tolist() == [6, 12]
    assert by_weight == 5


@pytest.mark.parametrize("target", ["numpy", "mpmath"])
def test_names_that_python_can_have_are_kept(target: str) -> None:
    """``x`` and ``x_`` are two arguments."""
    function = kernel(derive.gradient("sum(x[j]*x_[j]^2, j=1..N)", "x_[k]"), target)
    value, derivative = function(x=np.array([1.0, 2.0]), x_=np.array([3.0, 4.0]))
    assert value == 41
    assert [float(d) for d in derivative] == [6, 16]


def test_two_symbols_with_one_name_are_refused() -> None:
    label, share = IndexedBase("y_hat", shape=(C,)), IndexedBase("\\hat{y}", shape=(C,))
    p = exp(z[i]) / Sum(exp(z[j]), (j, 1, C))
    loss = -Sum(label[i] * log(share[i]), (i, 1, C))
    derivation = derive.gradient(loss, z[k], where=[Eq(share[i], p)])
    with pytest.raises(DeriveError, match="would both be called y_hat"):
        kernel(derivation, "numpy")


def test_labels_are_floats_where_nothing_else_tells_the_number_of_classes() -> None:
    loss = T**2 * Sum(y[i] ** 2, (i, 1, C))
    function = kernel(derive.gradient(loss, T, given=[Eq(Sum(y[i], (i, 1, C)), 1)]), "numpy")
    value, derivative = function(y=np.array([0.5, 0.5]), T=1.0)
    assert (value, derivative) == (0.5, 1)


# --- the oracle ----------------------------------------------------------------------------------


def test_the_oracle_has_the_digits_that_are_asked_for() -> None:
    import mpmath

    oracle = kernel(derived("log of class"), "mpmath")
    value, derivative = oracle(z=["0.1", "0.2"], t=0, dps=30)
    with mpmath.workdps(40):
        wanted = mpmath.log1p(mpmath.exp("0.1"))
        assert abs(value - wanted) < mpmath.mpf(10) ** -29
        assert abs(value - wanted) > mpmath.mpf(10) ** -39
        assert derivative.dtype == object


def test_the_oracle_starts_from_the_loss_as_it_was_given() -> None:
    source = kernel(derived("softmax-cross-entropy"), "mpmath").source
    assert "mp.log(mp.exp(z[i - 1]) / total)" in source
    value, _ = kernel(derived("softmax-cross-entropy"), "mpmath")(z=[[1e4, -1e4]], y=[[0.0, 1.0]])
    assert float(value[0]) == 2e4


def test_the_oracle_refuses_what_is_no_number() -> None:
    with pytest.raises(TypeError, match="z holds something that is no real number"):
        kernel(derived("log of class"), "mpmath")(z=[1j, 2.0], t=0)


def test_a_logarithm_inside_and_out() -> None:
    nested = log(Sum(exp(z[i]) * log(1 + exp(z[i])), (i, 1, C)))
    derivation = derive.gradient(nested, z[k])
    found = kernel(derivation, "numpy")(z=LOGITS)
    exact = kernel(derivation, "mpmath")(z=LOGITS)
    for array, wanted in zip(found, exact, strict=True):
        assert_allclose(array, wanted.astype(float), rtol=1e-12)


def test_the_oracle_works_out_first_what_others_are_made_of() -> None:
    """The softmax is named first here, and is made of a mean."""
    loss = "-log(softmax(x[j] - mu, j)[t])"
    oracle = derive.gradient(loss, "x[k]", where=["mu = sum(x[i], i=1..C)/C"]).kernel("mpmath")
    value, _ = oracle(x=[0.0, 0.0, 0.0, 0.0], t=1)
    assert abs(value - log(4)) < 1e-15


@pytest.mark.parametrize("target", ["numpy", "mpmath"])
def test_a_size_that_only_a_fact_mentions_is_no_argument(target: str) -> None:
    loss = derive.gradient("sum(log(j + a), j=2..s)", "a", given=["s <= C"])
    value, slope = loss.kernel(target)(a=1.0, s=3)
    assert abs(value - log(12)) < 1e-15 and abs(slope - 7 / 12) < 1e-15
