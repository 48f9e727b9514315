"""The zoo of losses as a person would type them: the same names as in ``losses.LOSSES``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """A question in text."""

    expression: str
    variables: tuple[str, ...]
    given: tuple[str, ...] = ()
    where: tuple[str, ...] = ()


SOFT = "Sum(y[i], (i, 1, C)) = 1"
ONE_HOT = "y[i] = delta(i, t)"
CROSS_ENTROPY = "-Sum(y[i]*log(softmax(z)[i]), (i, 1, C))"
WARM = "-Sum(y[i]*log(softmax(z/T)[i]), (i, 1, C))"
LAYER = "Sum(W[j,l]*a[l], (l, 1, D)) + b[j]"
LAYERS = f"-Sum(y[i]*log(softmax({LAYER}, j)[i]), (i, 1, C))"


def by(expression: str, *variables: str, given: tuple[str, ...] = (), **more: tuple[str, ...]):
    return Text(expression, variables, given, **more)


MARGIN = "exp(T*(z[t] - mu))"
LOGISTIC = "q[i] = 1/(1 + exp(-z[i]))"

TEXTS: dict[str, Text] = {
    "additive margin": by(
        f"-log({MARGIN}/({MARGIN} + sum((1 - delta(j, t))*exp(T*z[j]), j=1..C)))",
        "z[k]",
        given=("T > 0",),
    ),
    "against the others, k is not t": by(
        "log(sum((1 - delta(j, t))*exp(z[j]), j=1..C)) - z[t]", "z[k]", given=("k != t",)
    ),
    "hinge of a batch": by("sum(sum(relu(1 + s[n,j] - s[n,t[n]]), j=1..C), n=1..N)", "s[m,k]"),
    "against the others": by(
        "log(sum((1 - delta(j, t))*exp(z[j]), j=1..C)) - z[t]", "z[k]", given=("C >= 2",)
    ),
    "log of the others": by("-sum(w[i]*log(1 - softmax(z)[i]), i=1..C)", "z[k]", given=("C >= 2",)),
    "odds by name": by(
        "log(q[t]/(1 - q[t]))", "z[k]", given=("C >= 2",), where=("q[i] = softmax(z)[i]",)
    ),
    "others by name": by(
        "-sum((1 - delta(i, t))*y[i]*log(q[i]), i=1..C)",
        "z[k]",
        given=("C >= 2",),
        where=("q[i] = exp(z[i])/sum((1 - delta(j, t))*exp(z[j]), j=1..C)",),
    ),
    "bilinear scores": by(
        "-sum(log(softmax(sum(a[l]*x[n,l]*z[j], l=1..D), j)[t]), n=1..N)",
        "a[m]",
        given=("t <= C",),
    ),
    "experts": by("log(sum(prod(exp(s[n,j]), n=1..N), j=1..C))", "s[m,k]"),
    "preference": by(
        "log(1 + exp(-beta*(log_softmax(z)[t] - log_softmax(z)[r])))", "z[k]", given=("beta > 0",)
    ),
    "weighted share": by("sum(w[i]*exp(z[i]), i=1..C)/sum(exp(z[j]), j=1..C)", "z[k]"),
    "evidence": by("sum((w[i] - (exp(z[i]) + 1)/sum(exp(z[j]) + 1, j=1..C))^2, i=1..C)", "z[k]"),
    "roots of exponentials": by(
        "log(1 + sum(sqrt(1 + exp(-gamma*z[i])), i=1..C))", "z[k]", given=("gamma > 0",)
    ),
    "logistic by name": by(
        "-sum(y[i]*log(q[i]) + (1 - y[i])*log(1 - q[i]), i=1..C)", "z[k]", where=(LOGISTIC,)
    ),
    "asymmetric, of logistics": by(
        "-sum(y[i]*(1 - q[i])^gamma*log(q[i]) + (1 - y[i])*q[i]^beta*log(1 - q[i]), i=1..C)",
        "z[k]",
        given=("gamma > 0", "beta > 0"),
        where=(LOGISTIC,),
    ),
    "absolute error": by("Sum(abs(z[i] - y[i]), (i, 1, C))", "z[k]"),
    "norm of ones": by("lambda*sum(abs(z[i]), i=1..C)", "z[k]", given=("lambda > 0",)),
    "square times sign": by("sum(sign(z[i])*z[i]^2, i=1..C)", "z[k]"),
    "rectifier": by("sum(y[i]*relu(z[i]), i=1..C)", "z[k]"),
    "rectified layer": by("sum(y[i]*relu(sum(W[i,l]*a[l], l=1..D) + b[i]), i=1..C)", "W[k,m]"),
    "hinge": by("sum(max(0, 1 - y[i]*z[i]), i=1..C)", "z[k]"),
    "multiclass hinge": by("sum((1 - delta(i, t))*max(0, 1 + z[i] - z[t]), i=1..C)", "z[k]"),
    "larger of two": by("sum(max(z[i], w[i]^2), i=1..C)", "z[k]"),
    "clipped": by("sum(y[i]*min(6, max(0, z[i])), i=1..C)", "z[k]"),
    "quantile": by(
        "sum(max(T*(y[i] - z[i]), (T - 1)*(y[i] - z[i])), i=1..C)", "z[k]", given=("T > 0",)
    ),
    "huber": by("sum(huber(z[i] - y[i], T), i=1..C)", "z[k]", given=("T > 0",)),
    "huber, hessian": by("sum(huber(z[i] - y[i], T), i=1..C)", "z[k]", "z[m]", given=("T > 0",)),
    "leaky rectifier": by("sum(y[i]*leaky_relu(z[i], T), i=1..C)", "z[k]", given=("T > 0",)),
    "exponential linear": by("sum(elu(z[i], T), i=1..C)", "z[k]", given=("T > 0",)),
    "by the slope": by("sum(leaky_relu(z[i], T), i=1..C)", "T", given=("T > 0",)),
    "largest entry": by("max(z[j], j=1..C)", "z[k]"),
    "largest entry, scaled": by("Max(T*z[j], (j, 1, C))", "T", given=("T > 0",)),
    "crammer-singer": by("max(1 - delta(j, t) + z[j] - z[t], j=1..C)", "z[k]"),
    "log-sum-exp above the maximum": by("logsumexp(z) - max(z[j], j=1..C)", "z[k]"),
    "sup norm": by("max(abs(z[j]), j=1..C)", "z[k]"),
    "largest so far": by("sum(max(z[j], j=1..i), i=1..C)", "z[k]"),
    "largest in a batch": by("sum(max(s[n,j] - s[n,t[n]], j=1..C), n=1..N)", "s[m,k]"),
    "largest weighted": by("sum(a[l]*max(z[j]*W[j,l], j=1..C), l=1..D)", "W[k,m]"),
    "largest entry, hessian": by("max(z[j], j=1..C)^2", "z[k]", "z[m]"),
    "product of the entries": by("prod(z[j], j=1..C)", "z[k]"),
    "noisy or": by("1 - Product(1 - z[i], (i, 1, C))", "z[k]"),
    "noisy or of logits": by("-log(1 - prod(1 - sigmoid(z[i]), i=1..C))", "z[k]"),
    "likelihood": by("-log(prod(softmax(z)[i]^y[i], i=1..C))", "z[k]", given=(SOFT,)),
    "likelihood of a batch": by("-log(prod(softmax(s[n])[t[n]], n=1..N))/N", "s[m,k]"),
    "gaussian likelihood": by(
        "-log(prod(exp(-(y[i] - mu)^2/(2*T^2)), i=1..C))", "mu", given=("T > 0",)
    ),
    "product by a common factor": by("prod(T*z[j], j=1..C)", "T", given=("T > 0",)),
    "equal factors": by("prod(T, j=1..C)*sum(z[i]^2, i=1..C)", "T", given=("T > 0",)),
    "products up to an index": by("sum(prod(z[j], j=1..i), i=1..C)", "z[k]"),
    "product of squares": by("log(prod(1 + z[i]^2, i=1..C))", "z[k]"),
    "noisy or, hessian": by("1 - prod(1 - z[i], i=1..C)", "z[k]", "z[m]"),
    "cross-entropy": by(CROSS_ENTROPY, "z[k]", given=(SOFT,)),
    "cross-entropy of free labels": by(CROSS_ENTROPY, "z[k]"),
    "cross-entropy one-hot": by(CROSS_ENTROPY, "z[k]", given=(ONE_HOT,)),
    "log of class": by("-log(softmax(z)[t])", "z[k]"),
    "log of class, k is not t": by("-log_softmax(z)[t]", "z[k]", given=("k != t",)),
    "log-sum-exp": by("logsumexp(z) - z[t]", "z[k]"),
    "z4": by(f"{CROSS_ENTROPY} + 1/1000*sum(z[i]^4, i = 1..C)", "z[k]", given=(SOFT,)),
    "decimal z4": by(f"{CROSS_ENTROPY} + 1e-3*sum(z[i]**4, i=1..C)", "z[k]", given=(SOFT,)),
    "temperature": by(WARM, "z[k]", given=(SOFT, "T > 0")),
    "by temperature": by(WARM, "T", given=(SOFT, "0 < T")),
    "logits and temperature": by(WARM, "z[k]", "T", given=(SOFT, "T > 0")),
    "label smoothing": by(
        "-Sum(((1 - alpha)*y[i] + alpha/C)*log(softmax(z)[i]), (i, 1, C))",
        "z[k]",
        given=(SOFT, "α > 0"),
    ),
    "weights": by("-Sum(w[i]*y[i]*log(softmax(z)[i]), (i, 1, C))", "z[k]"),
    "focal": by("-(1-softmax(z)[t])^gamma*log(softmax(z)[t])", "z[k]", given=("gamma > 0",)),
    "focal squared": by("-(1 - softmax(z)[t])^2*log(softmax(z)[t])", "z[k]"),
    "poly": by("-log(softmax(z)[t]) + epsilon*(1 - softmax(z)[t])", "z[k]", given=("epsilon > 0",)),
    "generalised cross-entropy": by("(1 - softmax(z)[t]^γ)/γ", "z[k]", given=("γ > 0",)),
    "brier": by("Sum((softmax(z)[i] - y[i])^2, (i, 1, C))", "z[k]"),
    "entropy": by("-Sum(softmax(z)[i]*ln(softmax(z)[i]), (i, 1, C))", "z[k]"),
    "confidence penalty": by(
        f"{CROSS_ENTROPY} + beta*Sum(softmax(z)[i]*log(softmax(z)[i]), (i, 1, C))",
        "z[k]",
        given=(SOFT, "beta > 0"),
    ),
    "divergence": by("Sum(y[i]*log(y[i]/softmax(z)[i]), (i,1,C))", "z[k]", given=(SOFT,)),
    "divergence by labels": by("Sum(y[i]*log(y[i]/w[i]), (i,1,C))", "y[k]"),
    "two temperatures": by("-log(softmax(z)[t]) - log(softmax(z/T)[t])", "z[k]", given=("T > 0",)),
    "distillation": by(
        "T^2*Sum(softmax(w/T)[i]*log(softmax(w/T)[i]/softmax(z/T)[i]), (i,1,C))",
        "z[k]",
        given=("T > 0",),
    ),
    "two softmaxes": by("-Sum(softmax(z)[i]*log(softmax(w)[i]), (i,1,C))", "w[k]"),
    "two softmaxes by the first": by("-Sum(softmax(z)[i]*log(softmax(w)[i]), (i,1,C))", "z[k]"),
    "z-loss": by("-log(softmax(z)[t]) + lambda*logsumexp(z)^2", "z[k]", given=("lambda > 0",)),
    "symbolic power": by(
        "(1 - Sum(softmax(z)[i]^gamma, (i,1,C)))/(gamma - 1)", "z[k]", given=("gamma > 0",)
    ),
    "dice": by(
        "1 - 2*Sum(y[i]*softmax(z)[i], (i,1,C))"
        "/(Sum(y[i]^2, (i,1,C)) + Sum(softmax(z)[i]^2, (i,1,C)))",
        "z[k]",
    ),
    "tanh logits": by("-log(softmax(tanh(z))[t])", "z[k]"),
    "logistic": by(
        "-Sum(y[i]*log(sigmoid(z[i])) + (1 - y[i])*log(1 - logistic(z[i])), (i,1,C))", "z[k]"
    ),
    "softplus": by("Sum(softplus(z[i]) - y[i]*z[i], (i,1,C))", "z[k]"),
    "poisson": by("Sum(exp(z[i]) - y[i]*z[i], (i,1,C))", "z[k]"),
    "squares": by("Sum((z[i] - y[i])^2, (i,1,C))/C", "z[k]"),
    "gaussian by width": by(
        "Sum((y[i] - z[i])^2, (i,1,C))/(2*T^2) + C*log(T)", "T", given=("T > 0",)
    ),
    "log-cosh": by("Sum(log(cosh(z[i] - y[i])), (i,1,C))", "z[k]"),
    "functions": by("Sum(sin(z[i])*atan(z[i]) + erf(y[i]*z[i]), (i,1,C))", "z[k]"),
    "norm": by("sqrt(Sum(z[i]^2, (i,1,C)))", "z[k]"),
    "normalised": by("z[t]/sqrt(Sum(z[i]^2, (i,1,C)))", "z[k]"),
    "power of a sum": by("Sum(z[i]^2, (i,1,C))^gamma", "z[k]", given=("gamma > 0",)),
    "exponential of base two": by("Sum(2^z[i], (i,1,C))", "z[k]"),
    "general power": by("Sum((1 + z[i]^2)^z[i], (i,1,C))", "z[k]"),
    "position": by("Sum(z[i]/log(i + 1), (i,1,C))", "z[k]"),
    "variance": by("Sum((z[i] - Sum(z[j], (j,1,C))/C)^2, (i,1,C))/C", "z[k]"),
    "parameter in a shift": by("Sum((z[i] - mu)^2, (i,1,C))", "mu"),
    "list-wise": by("-Sum(log(exp(z[i])/Sum(exp(z[j]), (j,i,C))), (i,1,C))", "z[k]"),
    "list-wise from the front": by("Sum(log(Sum(exp(z[j]), (j,1,i))), (i,1,C))", "z[k]"),
    "pairs": by("Sum(Sum(log(1 + exp(z[j] - z[i])), (j,i+1,C)), (i,1,C))", "z[k]"),
    "class up to an index": by("Sum(softmax(z)[m] + delta(m, t), (m,1,i), (i,1,C))", "z[k]"),
    "cumulative": by("Sum(Sum(z[j], (j,1,i))^2, (i,1,C))", "z[k]"),
    "neighbours": by("Sum((z[i+1] - z[i])^2, (i,1,C-1))", "z[k]"),
    "weights of a layer": by(LAYERS, "W[k,m]", given=(SOFT,)),
    "bias of a layer": by(LAYERS, "b[k]", given=(SOFT,)),
    "input of a layer": by(LAYERS, "a[m]", given=(SOFT,)),
    "batch": by(
        "-Sum(Y[n,i]*log(softmax(s[n])[i]), (i,1,C), (n,1,N))/N",
        "s[m,k]",
        given=("Sum(Y[n,i], (i,1,C)) = 1",),
    ),
    "smoothed batch of classes": by(
        "-Sum(Sum(((1-lambda)*delta(i,t[n]) + lambda/C)*log(softmax(s[n])[i]), (i,1,C)), "
        "(n,1,N))/N",
        "s[m,k]",
        given=("lambda > 0",),
    ),
    "batch of classes": by("-Sum(log(softmax(s[n])[t[n]]), (n,1,N))/N", "s[m,k]"),
    "contrastive": by(
        "-Sum(log(softmax(Sum(x[m,l]*a[l], (l,1,D))/T, m)[n]), (n,1,N))",
        "a[r]",
        given=("T > 0",),
    ),
    "same dummy twice": by("Sum(z[j]^2, (j,1,C))*Sum(exp(z[j]), (j,1,C))", "z[k]"),
    "same dummy inside": by("-Sum(y[j]*log(softmax(z)[j]), (j,1,C))", "z[k]"),
    "bound index is the variable's": by("Sum(exp(z[j]), (j,1,C))", "z[j]"),
    "bound index is the variable's, nested": by(CROSS_ENTROPY, "z[j]", given=(SOFT,)),
    "bound index also free": by("z[i]*Sum(z[j]^2, (j,1,C))", "z[i]"),
    "jacobian": by("softmax(z)[i]", "z[k]"),
    "jacobian, same index": by("softmax(z)[k]", "z[k]"),
    "jacobian of a layer": by("Sum(W[i,l]*a[l], (l,1,D)) + b[i]", "W[k,m]", given=("i <= C",)),
    "jacobian of log": by("log_softmax(z)[i]", "z[k]"),
    "hessian": by(CROSS_ENTROPY, "z[k]", "z[m]", given=(SOFT,)),
    "hessian, same index": by(CROSS_ENTROPY, "z[k]", "z[k]", given=(SOFT,)),
    "hessian, mixed": by(WARM, "z[k]", "T", given=(SOFT, "T > 0")),
    "hessian of log-sum-exp": by("logsumexp(z)", "z[k]", "z[m]"),
    "hessian of logistic": by("Sum(softplus(z[i]) - y[i]*z[i], (i,1,C))", "z[k]", "z[m]"),
    "hessian of a layer": by(LAYERS, "b[k]", "b[m]", given=(SOFT,)),
    "hessian times vector": by(CROSS_ENTROPY, "z[k]", "v[j]", given=(SOFT,)),
    "hessian of log-sum-exp times vector": by("logsumexp(z)", "z[k]", "v[k]"),
    "hessian of logistic times vector": by(
        "Sum(softplus(z[i]) - y[i]*z[i], (i,1,C))", "z[k]", "v[m]"
    ),
    "hessian of powers times vector": by("sum(y[i]*z[i]^4, i=1..C)", "z[k]", "v[i]"),
    "own name": by(
        "-Sum(y[i]*log(q[i]), (i,1,C))", "z[k]", given=(SOFT,), where=("q[i] = softmax(z)[i]",)
    ),
}
