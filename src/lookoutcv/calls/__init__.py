"""What a public function is called with: keywords that it knows, and values of the types that it declares."""
