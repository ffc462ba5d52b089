"""What people may ask of a workspace: to be forgotten, to see what it holds of them."""
