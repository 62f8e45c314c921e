-- What the scripts of claims begin with. A claim is one key, whose value is its note.

local CLAIM = KEYS[1]
