-- For tests only: writes down every stanza that passes this server, one JSON object a line: where, from, to and its start.
module:set_global();

local filters = require "util.filters";
local json = require "util.json";

local file = assert(io.open(module:get_option_string("robin_test_wire"), "a"));

local function note(session, way, stanza)
	if type(stanza) == "table" and stanza.attr and stanza.name then
		file:write(json.encode({
			way = way, line = session.type, from = stanza.attr.from or session.full_jid or session.from_host or "",
			to = stanza.attr.to or "", name = stanza.name, text = tostring(stanza):sub(1, 2000),
		}), "\n");
		file:flush();
	end
	return stanza;
end

filters.add_filter_hook(function (session)
	filters.add_filter(session, "stanzas/in", function (stanza) return note(session, "in", stanza); end, 1000);
	filters.add_filter(session, "stanzas/out", function (stanza) return note(session, "out", stanza); end, -1000);
end);
