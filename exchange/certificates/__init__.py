"""Certificates (碳汇绿色证书): what a fulfilled use of units is shown with, to whoever was given its number.

A certificate is not kept anywhere. It is made of what the log says whenever it is asked for: :mod:`facts` is what the
log says, :mod:`document` the one form in which it is stated (JSON, canonical bytes), :mod:`sheet` the same in words of
two languages, from which :mod:`page` makes a page and :mod:`pdf` a PDF. :mod:`register` finds the facts in a journal
without a database, so that a certificate can be checked against an exported one.
"""
