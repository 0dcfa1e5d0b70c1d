"""What people do with transactions. Many at a time, one database transaction each, one answer a transaction.

``submit`` (cost_of, submit, release), ``approving`` (approve), ``desk`` (close, take_back, hold, mend,
set_first_business), ``unknown`` (attach_number, not_there, write_off), ``documents`` (attach, read).
"""
