-- For tests: a room that takes reports (urn:xmpp:gcreport:0), and then takes away (XEP-0425) the message named in the text.
local st = require "util.stanza";
local xmlns = "urn:xmpp:gcreport:0";

module:hook("muc-disco#info", function(event)
	event.reply:tag("feature", { var = xmlns }):up();
end);

module:hook("iq-set/bare/" .. xmlns .. ":report-participant", function(event)
	local origin, stanza = event.origin, event.stanza;
	local report = stanza.tags[1];
	local occupant = report:get_child("occupant-id", "urn:xmpp:occupant-id:0");
	local inner = report:get_child("report", "urn:xmpp:reporting:1");
	if not occupant or not inner or inner.attr.reason ~= "urn:xmpp:reporting:abuse" then
		origin.send(st.error_reply(stanza, "modify", "bad-request"));
		return true;
	end
	origin.send(st.reply(stanza));
	local room = prosody.hosts[module.host].modules.muc.get_room_from_jid(stanza.attr.to);
	room:broadcast(st.message({ type = "groupchat", from = room.jid, id = "moderation-1" })
		:tag("retract", { xmlns = "urn:xmpp:message-retract:1", id = inner:get_child_text("text") })
			:tag("moderated", { xmlns = "urn:xmpp:message-moderate:1", by = room.jid .. "/nick0" }):up()
			:text_tag("reason", "not here"):up());
	return true;
end, 10);
