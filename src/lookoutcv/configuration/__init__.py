"""What can be said of the whole package, collected from its rooms: verbs, sections and keys of `lookout.yaml`.

Each room declares its own settings (`measuring.measuring_settings`, `reports.report_settings` ...). `verbs` says which
of them each verb takes; the command line's parameters, the JSON Schema, `lookout config` and `load_config` follow from
that. Start with `verbs`; nothing heavy is imported.
"""
