from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

LOOK_EVERY_SECONDS = 5.0
PLAY_EVERY_SECONDS = 1.0
ASK_EVERY_SECONDS = 30.0
PROVE_EVERY_SECONDS = 5.0


class ChangesConfig(AppConfig):
    name = "apps.changes"
    verbose_name = _("Changes")

    def ready(self) -> None:
        from apps.approvals.conf import register_kind
        from apps.calendars.conf import Section as DaySection
        from apps.calendars.conf import register_section as register_day_section
        from apps.changes.actions import CHANGE_KIND, take_effect
        from apps.changes.actions.activating import take_effect_before
        from apps.changes.actions.freezing import AFTER_KIND, ask_after_emergencies, require_thawed
        from apps.changes.actions.kinds import KINDS
        from apps.changes.actions.proving import prove_tickets
        from apps.changes.actions.replaying import play_replays
        from apps.changes.conf import Section, register_item_forms, register_item_kind, register_requirement, register_section
        from apps.changes.selectors.days import days_section
        from apps.changes.selectors.freezing import FREEZE, STANDARD, after_section, freeze_requirement, standard_requirement
        from apps.changes.selectors.impact import impact_section
        from apps.changes.selectors.lifecycle import place_at_change, topic_of_change, waits_for
        from apps.changes.selectors.recordings import REQUIREMENT, replay_requirement, replay_section
        from apps.changes.selectors.tickets import links_of_ticket, tickets_section
        from apps.comments.conf import register_topic
        from apps.engine.conf import register_changes
        from apps.engine.dispatch import register_chore
        from apps.people.conf import register_places
        from apps.processes.conf import register_publishing_rule
        from apps.tickets.conf import register_links

        register_kind(CHANGE_KIND)
        register_places("change", place_at_change)
        register_topic("change", topic_of_change)
        for kind in KINDS:
            register_item_kind(kind)
        register_item_forms("apps.changes.forms.FORMS")
        register_changes(waits_for, take_effect_before)
        register_chore("changes.take_effect", LOOK_EVERY_SECONDS, take_effect)
        register_section(Section("impact", "changes/_impact_panel.html", impact_section))
        register_section(Section("days", "changes/_days_panel.html", days_section))
        register_day_section(DaySection("changes/_propose_day.html", "apps.changes.views.days.proposal_section"))
        register_section(Section("replay", "changes/_replay.html", replay_section))
        register_section(Section("after", "changes/_after.html", after_section))
        register_requirement(REQUIREMENT, replay_requirement)
        register_requirement(FREEZE, freeze_requirement)
        register_requirement(STANDARD, standard_requirement)
        register_kind(AFTER_KIND)
        register_publishing_rule(require_thawed)
        register_chore("changes.after_emergencies", ASK_EVERY_SECONDS, ask_after_emergencies)
        register_chore("changes.replays", PLAY_EVERY_SECONDS, play_replays)
        register_section(Section("tickets", "changes/_tickets.html", tickets_section))
        register_links("changes", links_of_ticket)
        register_chore("changes.tickets", PROVE_EVERY_SECONDS, prove_tickets)
