"""OPC-UA: a client driver for servers and PLCs (OPC 10000-4, OPC 10000-6)."""
