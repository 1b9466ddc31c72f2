// What the pages of the console do beyond their forms. Every page works without it, except the layout editor.
"use strict";
