// What pages cannot do without a script: nothing here is needed to read them.
"use strict";
