"""The console of a site: what an operator, an investigator and an officer open in a browser.

It reads the store, and anonymized pictures only. Each module of pages or operations defines a
`router`; every function in it takes a visitor whose type says who may call it (`access`), and a
function that says nothing keeps the console from starting.
"""
