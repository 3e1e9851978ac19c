// The person's name in the masthead, and the theme button without loading the page anew.
