"""Routes: readable plans made of rules, one source a module.

A route takes a problem and gives its derivation. It decides which rule comes next and where; each
step is the rule's, as everywhere.
"""
