"""The reader of pages whose theme nobody has described: text and fields by what they are."""
