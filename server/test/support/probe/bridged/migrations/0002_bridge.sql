-- What the module needs to be brought events over a bridge.
select bridge.module_tables();
