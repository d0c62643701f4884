"""The prompts, one file a call: what always holds above the line `---`, the case below it."""
