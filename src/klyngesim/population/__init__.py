"""Synthesis of the register of firms and of knowledge institutions from the evidence."""
