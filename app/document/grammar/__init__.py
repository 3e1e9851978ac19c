"""The grammar of weekly reports: one file a kind of value. `app.document.phrases` is its front door."""
