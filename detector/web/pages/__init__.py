"""Pages for people: the live map, one page a case, a list of cases, and where one logs in.

assets     what browsers load, under addresses that name their content
shell      the pages whose content scripts fetch
case_page  a case, whole without any script
"""
