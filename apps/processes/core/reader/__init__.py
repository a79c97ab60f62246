"""How each part of a BPMN model is read. `apps.processes.core.bpmn` puts the parts together."""
