"""Tests of the program that computes each list: `targets.py --self-test`."""
