"""Reading of paper forms: image in, readings out; knows no web, queue or database."""
