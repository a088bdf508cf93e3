"""What the contract requires, field by field, and which case would notice its loss.

`twinproof lint` lists every *requirement* that no case meets: each field, bound, enum
value, parameter and header has to be accepted, returned, stored, accepted at its bound
and refused past it. A case meets a requirement if it fails when an implementation drops
or changes the thing. A case that only mentions it does not count.

Everything is computed from files. `walk` enumerates the schemas; `evidence` computes
what each case sends and pins; `bodies`, `parameters`, `answers` and `items` list what
is required; `report` lists what is missing.
"""
