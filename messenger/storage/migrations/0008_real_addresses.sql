-- In which rooms a person wrote under their real address is asked for every request on the page.
CREATE INDEX messages_real ON messages(conversation, real_jid) WHERE real_jid <> '';
