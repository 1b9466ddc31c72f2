"""Runs every test_*.py here and sums up as the other stages of `make test` do."""

import sys
import unittest

suite = unittest.defaultTestLoader
if len(sys.argv) > 1 and sys.argv[1]:
    suite.testNamePatterns = [f"*{sys.argv[1]}*"]
result = unittest.TextTestRunner(verbosity=2).run(suite.discover(".", pattern="test_*.py"))
failed = len(result.failures) + len(result.errors)
print(f"{result.testsRun - failed - len(result.skipped)} passed, {failed} failed")
sys.exit(1 if failed else 0)
