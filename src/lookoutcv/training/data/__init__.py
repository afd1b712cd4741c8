"""What is learnt from: labelled images of a source, what is wrong with them, their parts and their pixels."""
