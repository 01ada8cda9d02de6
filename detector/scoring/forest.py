"""How deep stops lie in the trees of an isolation forest, without the ceremony of `score_samples`, which costs ten
milliseconds a stop where the walk itself takes one.

The score is that of Liu, Ting and Zhou (Isolation Forest, 2008): 2 ** -(mean depth / c(n)), with the mean depth of an
unsuccessful search in a tree of n stops, c(n) = 2 (ln(n - 1) + gamma) - 2 (n - 1) / n, added for the stops that a leaf
holds and did not separate. A test holds it against scikit-learn's own.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]


class Forest:
    """The trees of a fitted IsolationForest (all features in each tree), ready to be walked."""

    def __init__(self, fitted: Any) -> None:
        self._trees = [grown.tree_ for grown in fitted.estimators_]
        self._depths = [_depths(tree) for tree in self._trees]
        self._whole = len(self._trees) * float(unsuccessful(np.array([fitted.max_samples_]))[0])

    def oddness(self, columns: F64) -> F64:
        """Of rows of the columns that the forest was fitted to (n, k): 0..1, the higher the odder, (n,)."""
        rows = np.ascontiguousarray(columns, np.float32)
        depth = np.zeros(len(rows))
        for tree, depths in zip(self._trees, self._depths, strict=True):
            depth += depths[tree.apply(rows)]
        return np.exp2(-depth / self._whole)


def unsuccessful(stops: npt.NDArray[Any]) -> F64:
    """Mean depth of an unsuccessful search in a binary search tree of so many, (n,)."""
    n = np.maximum(stops.astype(np.float64), 2.0)
    deep = 2.0 * (np.log(np.maximum(n - 1.0, 1.0)) + np.euler_gamma) - 2.0 * (n - 1.0) / n
    return np.where(stops <= 1, 0.0, np.where(stops == 2, 1.0, deep))


def _depths(tree: Any) -> F64:
    """Of each node: steps from the root, and what is added for the stops in it."""
    left, right = tree.children_left, tree.children_right
    steps = np.zeros(tree.node_count)
    # A child comes after its parent.
    for node in np.flatnonzero(left != -1).tolist():
        steps[left[node]] = steps[right[node]] = steps[node] + 1.0
    depths: F64 = steps + unsuccessful(tree.n_node_samples)
    return depths
