-- For tests only: does what the public documentation of mod_report_forward says (modules.prosody.im/mod_report_forward.html).
-- Takes XEP-0377 reports out of XEP-0191 blocks and sends each to the addresses in `robin_test_forward_to`, from this host.
-- A stanza-id whose `by` is the reported address names the original in the reporter's own archive.
-- `robin_test_forward_changed` makes this server lie about the words, for the test of a difference.
local jid = require "util.jid";
local st = require "util.stanza";

local reporting = "urn:xmpp:reporting:1";
module:add_feature(reporting);
local archive = module:open_store("archive", "archive");
local targets = module:get_option_array("robin_test_forward_to", {});
local changed = module:get_option_string("robin_test_forward_changed", "");

local function original_of(username, report, reported)
	for id in report:childtags("stanza-id", "urn:xmpp:sid:0") do
		if jid.prep(id.attr.by) == reported then
			local found = archive:get(username, id.attr.id);
			if found then return found; end
		end
	end
end

module:hook("iq-set/self/urn:xmpp:blocking:block", function (event)
	local username = event.origin.username;
	for item in event.stanza.tags[1]:childtags("item") do
		local report = item:get_child("report", reporting);
		local reported = jid.prep(item.attr.jid);
		if report and reported then
			local original = original_of(username, report, reported);
			if original and changed ~= "" then
				original:maptags(function (tag) return tag.name ~= "body" and tag or nil; end);
				original:text_tag("body", changed);
			end
			for _, target in ipairs(targets) do
				local copy = st.clone(report);
				copy:text_tag("jid", reported, { xmlns = "urn:xmpp:jid:0" });
				local message = st.message({ from = module.host, to = target }):add_child(copy);
				if original then
					original.attr.xmlns = "jabber:client";
					message:tag("forwarded", { xmlns = "urn:xmpp:forward:0" }):add_child(original):up();
				end
				module:send(message);
			end
		end
	end
end, 1);
