"""The guarded XMPP stream: TLS and SASL enforced, caps, one ingress."""
