"""Paths of one tree: the same as those of the plain functions, and they lead to its root."""

from hashlib import sha256

import pytest

from audit import merkle
from audit.bundles.proofs import Tree


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 64, 65])
def test_paths_are_those_of_the_plain_tree_and_lead_to_the_root(size):
    leaves = [sha256(bytes([place])).digest() for place in range(size)]
    tree = Tree(leaves)
    assert [tree.path(place) for place in range(size)] == [merkle.path(leaves, at) for at in range(size)]
    roots = {merkle.root_of(leaves[at], at, size, tree.path(at)) for at in range(size)}
    assert roots == {tree.root()}
