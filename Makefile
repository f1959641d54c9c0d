# Every target is a task of packaging/make.py, which also works without make.
# PYTHON: the first interpreter that is new enough, however old `python3` itself may be.
NEW_ENOUGH = -c 'import sys; sys.exit(sys.version_info < (3, 11))'
PYTHON = $(shell for each in python3 python3.13 python3.12 python3.11; do \
	$$each $(NEW_ENOUGH) >/dev/null 2>&1 && echo $$each && exit; done; echo python3)

.PHONY: demo test lint bench docs setup lock clean help
.DEFAULT_GOAL := help

demo test lint bench docs setup lock clean help:
	@$(PYTHON) packaging/make.py $@ $(ARGS)
