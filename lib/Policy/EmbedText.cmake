# Writes OUT: the text of FILE as one C++ string literal.
file(READ ${FILE} text)
file(WRITE ${OUT} "R\"yaml(${text})yaml\"\n")
