"""Pure rules: one rule a file, its name the rule's code, `evaluate(...)` its answer as a Decision.

Nothing here reads a clock, a database or a setting. See docs/how-to/add-a-rule.md.
"""
