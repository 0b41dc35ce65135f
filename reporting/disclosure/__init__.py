"""Tables of few people that may leave: what to withhold, proof that it is enough, and the register of what left.

`protect.protect_for` is the one way in. `attacker` is the auditor, which shares no equations with the protection.
"""
