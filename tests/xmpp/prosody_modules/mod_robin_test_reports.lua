-- For tests: says that the server takes reports with a block (XEP-0377), and writes down each block as it came.
module:add_feature("urn:xmpp:reporting:1");

local path = module:get_option_string("robin_test_reports");

module:hook("iq-set/self/urn:xmpp:blocking:block", function (event)
	local file = assert(io.open(path, "a"));
	file:write((tostring(event.stanza):gsub("\n", " ")), "\n");
	file:close();
end, 10);
