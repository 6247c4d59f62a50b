<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>AboutSheet</name>
    <message>
        <source>Jope</source>
        <translation>Jope</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Version</translation>
    </message>
    <message>
        <source>Station</source>
        <translation>Station</translation>
    </message>
    <message>
        <source>Site</source>
        <translation>Standort</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>Linie</translation>
    </message>
    <message>
        <source>Time zone</source>
        <translation>Zeitzone</translation>
    </message>
    <message>
        <source>Clock</source>
        <translation>Uhr</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Health</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Access log</source>
        <translation>Zugangsprotokoll</translation>
    </message>
    <message>
        <source>Use light theme</source>
        <translation>Helles Bild</translation>
    </message>
    <message>
        <source>Use night theme</source>
        <translation>Nachtbild</translation>
    </message>
</context>
<context>
    <name>AccessLogPage</name>
    <message>
        <source>From (UTC)</source>
        <translation>Von (UTC)</translation>
    </message>
    <message>
        <source>To (UTC)</source>
        <translation>Bis (UTC)</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>Wer</translation>
    </message>
    <message>
        <source>Sign-in and out</source>
        <translation>An- und Abmeldung</translation>
    </message>
    <message>
        <source>Locks</source>
        <translation>Sperren</translation>
    </message>
    <message>
        <source>Failures</source>
        <translation>Fehlversuche</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>Cause</source>
        <translation>Ursache</translation>
    </message>
    <message>
        <source>Access log</source>
        <translation>Zugangsprotokoll</translation>
    </message>
    <message>
        <source>Back to audit trail</source>
        <translation>Zurück zum Audit Trail</translation>
    </message>
    <message>
        <source>Older entries</source>
        <translation>Ältere Einträge</translation>
    </message>
    <message>
        <source>Write times as 2026-01-31 or 2026-01-31 09:30.</source>
        <translation>Zeiten als 2026-01-31 oder 2026-01-31 09:30 schreiben.</translation>
    </message>
    <message>
        <source>Nothing matches.</source>
        <translation>Nichts passt.</translation>
    </message>
    <message>
        <source>The newest {count} entries</source>
        <translation>Die neuesten {count} Einträge</translation>
    </message>
    <message>
        <source>{count} entries</source>
        <translation>{count} Einträge</translation>
    </message>
</context>
<context>
    <name>AccessReviewPage</name>
    <message>
        <source>Account</source>
        <translation>Konto</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>Rolle</translation>
    </message>
    <message>
        <source>Last sign-in</source>
        <translation>Letzte Anmeldung</translation>
    </message>
    <message>
        <source>Noticed</source>
        <translation>Aufgefallen</translation>
    </message>
    <message>
        <source>Decision</source>
        <translation>Entscheidung</translation>
    </message>
    <message>
        <source>Accounts to review</source>
        <translation>Zu prüfende Konten</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Change it</source>
        <translation>Ändern</translation>
    </message>
    <message>
        <source>Disable it</source>
        <translation>Sperren</translation>
    </message>
    <message>
        <source>Back to reviews</source>
        <translation>Zurück zu Prüfungen</translation>
    </message>
    <message>
        <source>Begin review</source>
        <translation>Prüfung beginnen</translation>
    </message>
    <message>
        <source>Close review</source>
        <translation>Prüfung schließen</translation>
    </message>
    <message>
        <source>Sign line</source>
        <translation>Zeile signieren</translation>
    </message>
    <message>
        <source>Access review</source>
        <translation>Zugangsprüfung</translation>
    </message>
    <message>
        <source>Access was never reviewed here.</source>
        <translation>Der Zugang wurde hier noch nie geprüft.</translation>
    </message>
    <message>
        <source>The last review was begun {time} by {person} and is complete.</source>
        <translation>Die letzte Prüfung wurde {time} von {person} begonnen und ist vollständig.</translation>
    </message>
    <message>
        <source>Begun {time} by {person}. {left} of {count} lines are not signed. Your own line is another&apos;s.</source>
        <translation>Begonnen {time} von {person}. {left} von {count} Zeilen sind nicht signiert. Die eigene Zeile signiert jemand anders.</translation>
    </message>
    <message>
        <source>not used for long</source>
        <translation>lange nicht benutzt</translation>
    </message>
    <message>
        <source>duties conflict</source>
        <translation>Pflichten im Konflikt</translation>
    </message>
    <message>
        <source>keep</source>
        <translation>behalten</translation>
    </message>
    <message>
        <source>change</source>
        <translation>ändern</translation>
    </message>
    <message>
        <source>disable</source>
        <translation>sperren</translation>
    </message>
    <message>
        <source>Choose a decision.</source>
        <translation>Eine Entscheidung wählen.</translation>
    </message>
</context>
<context>
    <name>AccessWords</name>
    <message>
        <source>unknown id</source>
        <translation>unbekannte Kennung</translation>
    </message>
    <message>
        <source>Signed in</source>
        <translation>Angemeldet</translation>
    </message>
    <message>
        <source>Signed out</source>
        <translation>Abgemeldet</translation>
    </message>
    <message>
        <source>Locked</source>
        <translation>Gesperrt</translation>
    </message>
    <message>
        <source>Unlocked</source>
        <translation>Entsperrt</translation>
    </message>
    <message>
        <source>Failed attempt</source>
        <translation>Fehlversuch</translation>
    </message>
    <message>
        <source>Account locked</source>
        <translation>Konto gesperrt</translation>
    </message>
    <message>
        <source>Account disabled</source>
        <translation>Konto stillgelegt</translation>
    </message>
    <message>
        <source>Too many attempts</source>
        <translation>Zu viele Versuche</translation>
    </message>
    <message>
        <source>by the person</source>
        <translation>durch die Person</translation>
    </message>
    <message>
        <source>no presence for 120 s</source>
        <translation>120 s niemand anwesend</translation>
    </message>
    <message>
        <source>account locked</source>
        <translation>Konto gesperrt</translation>
    </message>
    <message>
        <source>access ended</source>
        <translation>Zugang beendet</translation>
    </message>
    <message>
        <source>at sign-in</source>
        <translation>bei der Anmeldung</translation>
    </message>
    <message>
        <source>at a signature</source>
        <translation>bei einer Signatur</translation>
    </message>
    <message>
        <source>as second person</source>
        <translation>als zweite Person</translation>
    </message>
    <message>
        <source>three failed attempts</source>
        <translation>drei Fehlversuche</translation>
    </message>
    <message>
        <source>the clock jumped</source>
        <translation>die Uhr ist gesprungen</translation>
    </message>
</context>
<context>
    <name>AlarmLine</name>
    <message>
        <source>Alarms</source>
        <translation>Alarme</translation>
    </message>
    <message>
        <source>Silence</source>
        <translation>Stumm</translation>
    </message>
    <message>
        <source>No open alarms</source>
        <translation>Keine offenen Alarme</translation>
    </message>
    <message>
        <source>{active} active, {waiting} not acknowledged</source>
        <translation>{active} anstehend, {waiting} nicht quittiert</translation>
    </message>
</context>
<context>
    <name>AlarmList</name>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
</context>
<context>
    <name>AlarmRow</name>
    <message>
        <source>back to normal</source>
        <translation>wieder normal</translation>
    </message>
    <message>
        <source>seen by {person}</source>
        <translation>gesehen von {person}</translation>
    </message>
    <message>
        <source>Administration or quality assurance acknowledges it.</source>
        <translation>Administration oder Qualitätssicherung quittiert ihn.</translation>
    </message>
    <message>
        <source>Acknowledge</source>
        <translation>Quittieren</translation>
    </message>
    <message>
        <source>Acknowledge {text}</source>
        <translation>Quittieren: {text}</translation>
    </message>
</context>
<context>
    <name>AlarmsPage</name>
    <message>
        <source>Open</source>
        <translation>Offen</translation>
    </message>
    <message>
        <source>Shelved</source>
        <translation>Ausgeblendet</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Figures</source>
        <translation>Zahlen</translation>
    </message>
    <message>
        <source>Open alarms</source>
        <translation>Offene Alarme</translation>
    </message>
    <message>
        <source>Shelved alarms</source>
        <translation>Ausgeblendete Alarme</translation>
    </message>
    <message>
        <source>Log of alarms</source>
        <translation>Alarmprotokoll</translation>
    </message>
    <message>
        <source>8 h</source>
        <translation>8 h</translation>
    </message>
    <message>
        <source>24 h</source>
        <translation>24 h</translation>
    </message>
    <message>
        <source>7 days</source>
        <translation>7 Tage</translation>
    </message>
    <message>
        <source>30 days</source>
        <translation>30 Tage</translation>
    </message>
    <message>
        <source>Other time</source>
        <translation>Andere Zeit</translation>
    </message>
    <message>
        <source>Acknowledge</source>
        <translation>Quittieren</translation>
    </message>
    <message>
        <source>Shelve</source>
        <translation>Ausblenden</translation>
    </message>
    <message>
        <source>Back into sight</source>
        <translation>Wieder zeigen</translation>
    </message>
    <message>
        <source>Sign review</source>
        <translation>Prüfung signieren</translation>
    </message>
    <message>
        <source>No.</source>
        <translation>Nr.</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Stand</translation>
    </message>
    <message>
        <source>Alarm</source>
        <translation>Alarm</translation>
    </message>
    <message>
        <source>Back at</source>
        <translation>Zurück um</translation>
    </message>
    <message>
        <source>By</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>Alarm time</source>
        <translation>Alarmzeit</translation>
    </message>
    <message>
        <source>Returned</source>
        <translation>Gegangen</translation>
    </message>
    <message>
        <source>Acknowledged</source>
        <translation>Quittiert</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>Alarms</source>
        <translation>Alarme</translation>
    </message>
    <message>
        <source>Not acknowledged</source>
        <translation>Nicht quittiert</translation>
    </message>
    <message>
        <source>Most in ten minutes</source>
        <translation>Meiste in zehn Minuten</translation>
    </message>
    <message>
        <source>Floods</source>
        <translation>Alarmfluten</translation>
    </message>
    <message>
        <source>Most frequent</source>
        <translation>Häufigste</translation>
    </message>
    <message>
        <source>Signed reviews</source>
        <translation>Signierte Prüfungen</translation>
    </message>
    <message>
        <source>{count} × {source}, {kind}</source>
        <translation>{count} × {source}, {kind}</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
    <message>
        <source>{first} to {last}: {alarms} alarms, {floods} floods. {person}, {time}: {assessment}</source>
        <translation>{first} bis {last}: {alarms} Alarme, {floods} Alarmfluten. {person}, {time}: {assessment}</translation>
    </message>
    <message>
        <source>There is no alarm here.</source>
        <translation>Hier ist kein Alarm.</translation>
    </message>
    <message>
        <source>Alarms from {first} to {last}.</source>
        <translation>Alarme von {first} bis {last}.</translation>
    </message>
    <message>
        <source>The newest {count} are listed.</source>
        <translation>Die neuesten {count} sind aufgeführt.</translation>
    </message>
    <message>
        <source>Out of sight for a time: {count}. They come back by themselves.</source>
        <translation>Für eine Zeit ausgeblendet: {count}. Sie kommen von selbst zurück.</translation>
    </message>
    <message>
        <source>Alarms from {first} to {last}: {alarms}, not acknowledged: {open}, floods: {floods}.</source>
        <translation>Alarme von {first} bis {last}: {alarms}, nicht quittiert: {open}, Alarmfluten: {floods}.</translation>
    </message>
    <message>
        <source>{count} alarms are open, {waiting} not acknowledged.</source>
        <translation>{count} Alarme sind offen, {waiting} nicht quittiert.</translation>
    </message>
    <message>
        <source>ALARM FLOOD: {count} alarms in ten minutes.</source>
        <translation>ALARMFLUT: {count} Alarme in zehn Minuten.</translation>
    </message>
    <message>
        <source>First-out: {alarm}, {time}.</source>
        <translation>Erstalarm: {alarm}, {time}.</translation>
    </message>
    <message>
        <source>{person} acknowledged it.</source>
        <translation>{person} hat ihn quittiert.</translation>
    </message>
    <message>
        <source>An alarm of the highest priority, or of security, stays in sight.</source>
        <translation>Ein Alarm der höchsten Priorität oder der Sicherheit bleibt sichtbar.</translation>
    </message>
    <message>
        <source>Raised {time}, {state}.</source>
        <translation>Gekommen {time}, {state}.</translation>
    </message>
    <message>
        <source>Back to normal {time}.</source>
        <translation>Wieder normal {time}.</translation>
    </message>
    <message>
        <source>Acknowledged {time} by {person}: {reason}</source>
        <translation>Quittiert {time} von {person}: {reason}</translation>
    </message>
    <message>
        <source>Shelved until {time} by {person}: {reason}</source>
        <translation>Ausgeblendet bis {time} von {person}: {reason}</translation>
    </message>
    <message>
        <source>Priority {number}</source>
        <translation>Priorität {number}</translation>
    </message>
    <message>
        <source>active, not acknowledged</source>
        <translation>aktiv, nicht quittiert</translation>
    </message>
    <message>
        <source>active, acknowledged</source>
        <translation>aktiv, quittiert</translation>
    </message>
    <message>
        <source>returned, not acknowledged</source>
        <translation>gegangen, nicht quittiert</translation>
    </message>
    <message>
        <source>returned, acknowledged</source>
        <translation>gegangen, quittiert</translation>
    </message>
    <message>
        <source>shelved</source>
        <translation>ausgeblendet</translation>
    </message>
    <message>
        <source>First-out: {alarm}</source>
        <translation>Erstalarm: {alarm}</translation>
    </message>
    <message>
        <source>From (UTC, YYYY-MM-DD HH:MM)</source>
        <translation>Von (UTC, JJJJ-MM-TT HH:MM)</translation>
    </message>
    <message>
        <source>Until (UTC, YYYY-MM-DD HH:MM)</source>
        <translation>Bis (UTC, JJJJ-MM-TT HH:MM)</translation>
    </message>
    <message>
        <source>Time of the log</source>
        <translation>Zeit des Protokolls</translation>
    </message>
    <message>
        <source>Log, figures and review are about this time.</source>
        <translation>Protokoll, Zahlen und Prüfung gelten für diese Zeit.</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>The time ends before it begins.</source>
        <translation>Die Zeit endet, bevor sie beginnt.</translation>
    </message>
    <message>
        <source>A time is written YYYY-MM-DD HH:MM.</source>
        <translation>Eine Zeit schreibt man JJJJ-MM-TT HH:MM.</translation>
    </message>
    <message>
        <source>Acknowledge alarm</source>
        <translation>Alarm quittieren</translation>
    </message>
    <message>
        <source>It stays in the list until it is back to normal. Your name, role and reason stand in the log.</source>
        <translation>Er bleibt in der Liste, bis er wieder normal ist. Name, Rolle und Grund stehen im Protokoll.</translation>
    </message>
    <message>
        <source>Minutes, 1 to {most}</source>
        <translation>Minuten, 1 bis {most}</translation>
    </message>
    <message>
        <source>It is out of sight until then, and comes back by itself. What it says meanwhile is recorded all the same.</source>
        <translation>Er ist bis dahin ausgeblendet und kommt von selbst zurück. Was er inzwischen meldet, wird trotzdem aufgezeichnet.</translation>
    </message>
    <message>
        <source>Shelve alarm</source>
        <translation>Alarm ausblenden</translation>
    </message>
    <message>
        <source>An alarm is shelved for 1 to {most} minutes.</source>
        <translation>Ein Alarm wird für 1 bis {most} Minuten ausgeblendet.</translation>
    </message>
    <message>
        <source>Review alarms</source>
        <translation>Alarme prüfen</translation>
    </message>
    <message>
        <source>What was found</source>
        <translation>Was gefunden wurde</translation>
    </message>
</context>
<context>
    <name>AttemptRow</name>
    <message>
        <source>Label: not printed yet</source>
        <translation>Etikett: noch nicht gedruckt</translation>
    </message>
    <message>
        <source>{number}. refused: {reason}</source>
        <translation>{number}. abgelehnt: {reason}</translation>
    </message>
    <message>
        <source>{number}. accepted, verified by {person}</source>
        <translation>{number}. übernommen, verifiziert von {person}</translation>
    </message>
    <message>
        <source>{number}. accepted, not verified yet</source>
        <translation>{number}. übernommen, noch nicht verifiziert</translation>
    </message>
</context>
<context>
    <name>Attempts</name>
    <message>
        <source>Attempts</source>
        <translation>Wägungen</translation>
    </message>
    <message>
        <source>None yet</source>
        <translation>Noch keine</translation>
    </message>
</context>
<context>
    <name>AuditDetailCard</name>
    <message>
        <source>Record then</source>
        <translation>Datensatz damals</translation>
    </message>
    <message>
        <source>Open deviation</source>
        <translation>Abweichung öffnen</translation>
    </message>
    <message>
        <source>Choose an event.</source>
        <translation>Ereignis wählen.</translation>
    </message>
    <message>
        <source>reason: {text}</source>
        <translation>Grund: {text}</translation>
    </message>
    <message>
        <source>signature {text}</source>
        <translation>Unterschrift {text}</translation>
    </message>
    <message>
        <source>session {text}</source>
        <translation>Sitzung {text}</translation>
    </message>
    <message>
        <source>clock {text}</source>
        <translation>Uhr {text}</translation>
    </message>
    <message>
        <source>leaf {text}</source>
        <translation>Blatt {text}</translation>
    </message>
    <message>
        <source>No record was changed.</source>
        <translation>Kein Datensatz wurde geändert.</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>Feld</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>Vorher</translation>
    </message>
    <message>
        <source>After</source>
        <translation>Nachher</translation>
    </message>
</context>
<context>
    <name>AuditPage</name>
    <message>
        <source>From (UTC)</source>
        <translation>Von (UTC)</translation>
    </message>
    <message>
        <source>To (UTC)</source>
        <translation>Bis (UTC)</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>Wer</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>Datensatz</translation>
    </message>
    <message>
        <source>Go to</source>
        <translation>Gehe zu</translation>
    </message>
    <message>
        <source>Only changes</source>
        <translation>Nur Änderungen</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Audit trail</source>
        <translation>Audit-Trail</translation>
    </message>
    <message>
        <source>No.</source>
        <translation>Nr.</translation>
    </message>
    <message>
        <source>Time (UTC)</source>
        <translation>Zeit (UTC)</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>Write times as 2026-01-31 or 2026-01-31 09:30.</source>
        <translation>Zeiten so schreiben: 2026-01-31 oder 2026-01-31 09:30.</translation>
    </message>
    <message>
        <source>{count} events match</source>
        <translation>{count} Ereignisse</translation>
    </message>
    <message>
        <source>{count} events match so far</source>
        <translation>{count} Ereignisse bisher</translation>
    </message>
    <message>
        <source>Write a number, or a time as 2026-01-31 09:30.</source>
        <translation>Nummer schreiben, oder Zeit wie 2026-01-31 09:30.</translation>
    </message>
</context>
<context>
    <name>BalancePage</name>
    <message>
        <source>Devices</source>
        <translation>Geräte</translation>
    </message>
    <message>
        <source>Abandon</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Take reading</source>
        <translation>Wert nehmen</translation>
    </message>
    <message>
        <source>Sign result</source>
        <translation>Ergebnis signieren</translation>
    </message>
    <message>
        <source>Begin check</source>
        <translation>Prüfung beginnen</translation>
    </message>
    <message>
        <source>New reference weight</source>
        <translation>Neues Prüfgewicht</translation>
    </message>
    <message>
        <source>Open deviation</source>
        <translation>Abweichung öffnen</translation>
    </message>
    <message>
        <source>Readings</source>
        <translation>Werte</translation>
    </message>
    <message>
        <source>Last check</source>
        <translation>Letzte Prüfung</translation>
    </message>
    <message>
        <source>{scale}, profile {profile}. Begun by {person}, {time}.</source>
        <translation>{scale}, Profil {profile}. Begonnen von {person}, {time}.</translation>
    </message>
    <message>
        <source>Next place: {place}</source>
        <translation>Nächste Stelle: {place}</translation>
    </message>
    <message>
        <source>Reference weight</source>
        <translation>Prüfgewicht</translation>
    </message>
    <message>
        <source>No reference weight suits this test: in use, not overdue, exact enough, and of the right mass.</source>
        <translation>Kein Prüfgewicht passt zu diesem Test: in Gebrauch, nicht überfällig, genau genug und von richtiger Masse.</translation>
    </message>
    <message>
        <source>Everything is weighed. Sign the result.</source>
        <translation>Alles ist gewogen. Signieren Sie das Ergebnis.</translation>
    </message>
    <message>
        <source>Choose the reference weight.</source>
        <translation>Wählen Sie das Prüfgewicht.</translation>
    </message>
    <message>
        <source>Put {weight} on the place {place}, and wait until the value stands still.</source>
        <translation>Legen Sie {weight} auf die Stelle {place} und warten Sie, bis der Wert stillsteht.</translation>
    </message>
    <message>
        <source>Put {weight} on the pan, and wait until the value stands still.</source>
        <translation>Legen Sie {weight} auf die Schale und warten Sie, bis der Wert stillsteht.</translation>
    </message>
    <message>
        <source>This test is complete.</source>
        <translation>Dieser Test ist vollständig.</translation>
    </message>
    <message>
        <source>The scale sends no live value. Look at the scale and its cable.</source>
        <translation>Die Waage sendet keinen Wert. Waage und Kabel ansehen.</translation>
    </message>
    <message>
        <source>Take the weight off, and put it on again.</source>
        <translation>Nehmen Sie das Gewicht ab und legen Sie es wieder auf.</translation>
    </message>
    <message>
        <source>{weight} is not on the pan.</source>
        <translation>{weight} liegt nicht auf der Schale.</translation>
    </message>
    <message>
        <source>The value moves.</source>
        <translation>Der Wert bewegt sich.</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>Waage</translation>
    </message>
    <message>
        <source>There is no scale here.</source>
        <translation>Hier ist keine Waage.</translation>
    </message>
    <message>
        <source>Accepted weighings since the scale was last known to be right: {count}</source>
        <translation>Angenommene Wägungen, seit die Waage zuletzt als richtig bekannt war: {count}</translation>
    </message>
    <message>
        <source>No accepted weighing is in doubt.</source>
        <translation>Keine angenommene Wägung ist in Zweifel.</translation>
    </message>
    <message>
        <source>The next check follows the profile {profile}.</source>
        <translation>Die nächste Prüfung folgt dem Profil {profile}.</translation>
    </message>
    <message>
        <source>No check of this scale was made.</source>
        <translation>Von dieser Waage wurde keine Prüfung gemacht.</translation>
    </message>
    <message>
        <source>PASSED</source>
        <translation>BESTANDEN</translation>
    </message>
    <message>
        <source>FAILED</source>
        <translation>NICHT BESTANDEN</translation>
    </message>
    <message>
        <source>abandoned</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>{state}, {time}, by {person}.</source>
        <translation>{state}, {time}, von {person}.</translation>
    </message>
    <message>
        <source>Minimum weight {weight}.</source>
        <translation>Mindesteinwaage {weight}.</translation>
    </message>
    <message>
        <source>Standard deviation {spread}.</source>
        <translation>Standardabweichung {spread}.</translation>
    </message>
    <message>
        <source>The scale is held.</source>
        <translation>Die Waage ist gesperrt.</translation>
    </message>
    <message>
        <source>Deviation {number}.</source>
        <translation>Abweichung {number}.</translation>
    </message>
    <message>
        <source>No reference weight is registered.</source>
        <translation>Kein Prüfgewicht ist registriert.</translation>
    </message>
    <message>
        <source>OVERDUE</source>
        <translation>ÜBERFÄLLIG</translation>
    </message>
    <message>
        <source>Reference weights: {weights}</source>
        <translation>Prüfgewichte: {weights}</translation>
    </message>
    <message>
        <source>{time}: batch {batch}, {material}, lot {lot}, {net}, by {person}</source>
        <translation>{time}: Charge {batch}, {material}, Los {lot}, {net}, von {person}</translation>
    </message>
    <message>
        <source>Repeatability</source>
        <translation>Wiederholbarkeit</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Richtigkeit</translation>
    </message>
    <message>
        <source>Eccentricity</source>
        <translation>Außermittigkeit</translation>
    </message>
    <message>
        <source>centre</source>
        <translation>Mitte</translation>
    </message>
    <message>
        <source>front left</source>
        <translation>vorne links</translation>
    </message>
    <message>
        <source>back left</source>
        <translation>hinten links</translation>
    </message>
    <message>
        <source>back right</source>
        <translation>hinten rechts</translation>
    </message>
    <message>
        <source>front right</source>
        <translation>vorne rechts</translation>
    </message>
    <message>
        <source>USP</source>
        <translation>USP</translation>
    </message>
    <message>
        <source>Ph. Eur.</source>
        <translation>Ph. Eur.</translation>
    </message>
    <message>
        <source>Process</source>
        <translation>Prozess</translation>
    </message>
    <message>
        <source>{count} weighings</source>
        <translation>{count} Wägungen</translation>
    </message>
    <message>
        <source>a reference weight for the accuracy</source>
        <translation>ein Prüfgewicht für die Richtigkeit</translation>
    </message>
    <message>
        <source>the places {places}</source>
        <translation>die Stellen {places}</translation>
    </message>
    <message>
        <source>Missing: {things}.</source>
        <translation>Es fehlt: {things}.</translation>
    </message>
    <message>
        <source>Everything is weighed.</source>
        <translation>Alles ist gewogen.</translation>
    </message>
    <message>
        <source>The reading is taken …</source>
        <translation>Der Wert wird genommen …</translation>
    </message>
    <message>
        <source>The weight is used once another person approves it. Write down what its certificate states.</source>
        <translation>Das Gewicht wird verwendet, sobald eine andere Person es genehmigt. Schreiben Sie auf, was sein Zertifikat sagt.</translation>
    </message>
    <message>
        <source>Name of the weight</source>
        <translation>Name des Gewichts</translation>
    </message>
    <message>
        <source>Nominal mass</source>
        <translation>Nennmasse</translation>
    </message>
    <message>
        <source>Conventional mass</source>
        <translation>Konventionelle Masse</translation>
    </message>
    <message>
        <source>Uncertainty, or permissible error</source>
        <translation>Unsicherheit oder Fehlergrenze</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>Einheit</translation>
    </message>
    <message>
        <source>OIML class</source>
        <translation>OIML-Klasse</translation>
    </message>
    <message>
        <source>Number of the certificate</source>
        <translation>Nummer des Zertifikats</translation>
    </message>
    <message>
        <source>Due on (YYYY-MM-DD)</source>
        <translation>Fällig am (JJJJ-MM-TT)</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>Ask for it</source>
        <translation>Beantragen</translation>
    </message>
    <message>
        <source>The check ends without a verdict: its {count} readings stay, and prove nothing. A new check begins from the first weighing.</source>
        <translation>Die Prüfung endet ohne Urteil: ihre {count} Werte bleiben und beweisen nichts. Eine neue Prüfung beginnt mit der ersten Wägung.</translation>
    </message>
    <message>
        <source>Abandon the check of {scale}</source>
        <translation>Prüfung von {scale} abbrechen</translation>
    </message>
    <message>
        <source>Abandon check</source>
        <translation>Prüfung abbrechen</translation>
    </message>
    <message>
        <source>The check passed.</source>
        <translation>Die Prüfung ist bestanden.</translation>
    </message>
    <message>
        <source>{number} is open, about {weighings} weighings of {batches} batches.</source>
        <translation>{number} ist offen, über {weighings} Wägungen aus {batches} Chargen.</translation>
    </message>
</context>
<context>
    <name>BatchPage</name>
    <message>
        <source>Hold batch</source>
        <translation>Charge anhalten</translation>
    </message>
    <message>
        <source>Print record</source>
        <translation>Protokoll drucken</translation>
    </message>
    <message>
        <source>Audit trail</source>
        <translation>Audit-Trail</translation>
    </message>
    <message>
        <source>Signatures</source>
        <translation>Unterschriften</translation>
    </message>
    <message>
        <source>Formulation</source>
        <translation>Rezeptur</translation>
    </message>
    <message>
        <source>lot {lot}</source>
        <translation>Los {lot}</translation>
    </message>
    <message>
        <source>formulation {hash}</source>
        <translation>Rezeptur {hash}</translation>
    </message>
    <message>
        <source>None yet</source>
        <translation>Noch keine</translation>
    </message>
    <message>
        <source>Release to floor</source>
        <translation>Für Produktion freigeben</translation>
    </message>
    <message>
        <source>Go to clearance</source>
        <translation>Zur Linienfreigabe</translation>
    </message>
    <message>
        <source>Start batch</source>
        <translation>Charge starten</translation>
    </message>
    <message>
        <source>Go to dispensing</source>
        <translation>Zur Einwaage</translation>
    </message>
    <message>
        <source>Complete batch</source>
        <translation>Charge abschließen</translation>
    </message>
    <message>
        <source>Restart batch</source>
        <translation>Charge fortsetzen</translation>
    </message>
    <message>
        <source>Review record</source>
        <translation>Protokoll prüfen</translation>
    </message>
    <message>
        <source>Go to release</source>
        <translation>Zur Freigabe</translation>
    </message>
    <message>
        <source>Restart batch {batch}</source>
        <translation>Charge {batch} fortsetzen</translation>
    </message>
    <message>
        <source>Hold batch {batch}</source>
        <translation>Charge {batch} anhalten</translation>
    </message>
    <message>
        <source>The batch goes on where it was held.</source>
        <translation>Die Charge läuft weiter, wo sie angehalten wurde.</translation>
    </message>
    <message>
        <source>Dispensing stops at once. A second person restarts it.</source>
        <translation>Die Einwaage stoppt sofort. Eine zweite Person setzt sie fort.</translation>
    </message>
    <message>
        <source>The batch record was written.</source>
        <translation>Das Chargenprotokoll wurde geschrieben.</translation>
    </message>
</context>
<context>
    <name>BigBar</name>
    <message>
        <source>{quantity} to target</source>
        <translation>{quantity} bis zum Soll</translation>
    </message>
    <message>
        <source>{quantity} over target</source>
        <translation>{quantity} über Soll</translation>
    </message>
    <message>
        <source>below the low limit</source>
        <translation>unter der Untergrenze</translation>
    </message>
    <message>
        <source>within the limits</source>
        <translation>innerhalb der Grenzen</translation>
    </message>
    <message>
        <source>above the high limit</source>
        <translation>über der Obergrenze</translation>
    </message>
</context>
<context>
    <name>BrowseSheet</name>
    <message>
        <source>What {device} offers</source>
        <translation>Was {device} anbietet</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Typ</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>What the device offers</source>
        <translation>Was das Gerät anbietet</translation>
    </message>
    <message>
        <source>Up</source>
        <translation>Hinauf</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>Ordner öffnen</translation>
    </message>
    <message>
        <source>Type the address</source>
        <translation>Adresse eintippen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Use this one</source>
        <translation>Diesen nehmen</translation>
    </message>
    <message>
        <source>Asking the device …</source>
        <translation>Das Gerät wird gefragt …</translation>
    </message>
    <message>
        <source>The top of what it offers</source>
        <translation>Die oberste Ebene</translation>
    </message>
    <message>
        <source>It offers nothing here.</source>
        <translation>Hier bietet es nichts an.</translation>
    </message>
    <message>
        <source>Choose a value.</source>
        <translation>Wählen Sie einen Wert.</translation>
    </message>
    <message>
        <source>This is a folder.</source>
        <translation>Das ist ein Ordner.</translation>
    </message>
    <message>
        <source>A value of this type cannot be kept.</source>
        <translation>Ein Wert dieses Typs kann nicht aufbewahrt werden.</translation>
    </message>
</context>
<context>
    <name>ChangesPage</name>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>To approve</source>
        <translation>Zu genehmigen</translation>
    </message>
    <message>
        <source>Mine</source>
        <translation>Meine</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Request</source>
        <translation>Antrag</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Änderung</translation>
    </message>
    <message>
        <source>By</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Stand</translation>
    </message>
    <message>
        <source>Change requests</source>
        <translation>Änderungsanträge</translation>
    </message>
    <message>
        <source>Withdraw</source>
        <translation>Zurückziehen</translation>
    </message>
    <message>
        <source>Reject</source>
        <translation>Ablehnen</translation>
    </message>
    <message>
        <source>Submit</source>
        <translation>Einreichen</translation>
    </message>
    <message>
        <source>Approve</source>
        <translation>Genehmigen</translation>
    </message>
    <message>
        <source>Audit trail</source>
        <translation>Audit Trail</translation>
    </message>
    <message>
        <source>Before and after</source>
        <translation>Vorher und nachher</translation>
    </message>
    <message>
        <source>Nothing waits here.</source>
        <translation>Hier wartet nichts.</translation>
    </message>
    <message>
        <source>Asked by {person}: {reason}</source>
        <translation>Beantragt von {person}: {reason}</translation>
    </message>
    <message>
        <source>Risk {risk}. Approvals due: {count}, one from outside administration.</source>
        <translation>Risiko {risk}. Nötige Genehmigungen: {count}, eine von außerhalb der Administration.</translation>
    </message>
    <message>
        <source>Approved by {people}.</source>
        <translation>Genehmigt von {people}.</translation>
    </message>
    <message>
        <source>Expires {time}.</source>
        <translation>Verfällt {time}.</translation>
    </message>
    <message>
        <source>Emergency change, made before its approval. To be approved by {time}.</source>
        <translation>Notfalländerung, vor ihrer Genehmigung gemacht. Zu genehmigen bis {time}.</translation>
    </message>
    <message>
        <source>Not approved in time: {deviation}.</source>
        <translation>Nicht rechtzeitig genehmigt: {deviation}.</translation>
    </message>
    <message>
        <source>draft</source>
        <translation>Entwurf</translation>
    </message>
    <message>
        <source>Executed. Another person approves it after.</source>
        <translation>Ausgeführt. Eine andere Person genehmigt es nachträglich.</translation>
    </message>
    <message>
        <source>approved</source>
        <translation>genehmigt</translation>
    </message>
    <message>
        <source>Make in emergency</source>
        <translation>Im Notfall ausführen</translation>
    </message>
    <message>
        <source>submitted</source>
        <translation>eingereicht</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>abgelehnt</translation>
    </message>
    <message>
        <source>withdrawn</source>
        <translation>zurückgezogen</translation>
    </message>
    <message>
        <source>expired</source>
        <translation>verfallen</translation>
    </message>
    <message>
        <source>being executed</source>
        <translation>wird ausgeführt</translation>
    </message>
    <message>
        <source>executed</source>
        <translation>ausgeführt</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
    <message>
        <source>The request ends. Whoever still wants the change asks for it anew.</source>
        <translation>Der Antrag endet. Wer die Änderung noch will, beantragt sie neu.</translation>
    </message>
    <message>
        <source>Submitted. Its approvers see it now.</source>
        <translation>Eingereicht. Die Genehmigenden sehen ihn jetzt.</translation>
    </message>
    <message>
        <source>Approved and executed.</source>
        <translation>Genehmigt und ausgeführt.</translation>
    </message>
    <message>
        <source>Approved, but it could not be executed.</source>
        <translation>Genehmigt, konnte aber nicht ausgeführt werden.</translation>
    </message>
    <message>
        <source>Rejected.</source>
        <translation>Abgelehnt.</translation>
    </message>
    <message>
        <source>Withdrawn.</source>
        <translation>Zurückgezogen.</translation>
    </message>
</context>
<context>
    <name>CheckRow</name>
    <message>
        <source>Pass</source>
        <translation>In Ordnung</translation>
    </message>
    <message>
        <source>Fail</source>
        <translation>Mangel</translation>
    </message>
    <message>
        <source>Pass: {text}</source>
        <translation>In Ordnung: {text}</translation>
    </message>
    <message>
        <source>Fail: {text}</source>
        <translation>Mangel: {text}</translation>
    </message>
    <message>
        <source>passed</source>
        <translation>in Ordnung</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>mangelhaft</translation>
    </message>
</context>
<context>
    <name>ChooseTagsSheet</name>
    <message>
        <source>Shown</source>
        <translation>Gezeigt</translation>
    </message>
    <message>
        <source>Tag</source>
        <translation>Tag</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>Einheit</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>Tags</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Show or hide</source>
        <translation>Zeigen oder ausblenden</translation>
    </message>
    <message>
        <source>Draw them</source>
        <translation>Zeichnen</translation>
    </message>
    <message>
        <source>Tags of the trend</source>
        <translation>Tags der Kurve</translation>
    </message>
    <message>
        <source>Touch a tag to show or hide it: {count} of at most {most}.</source>
        <translation>Berühren Sie einen Tag, um ihn zu zeigen oder auszublenden: {count} von höchstens {most}.</translation>
    </message>
    <message>
        <source>Choose a tag.</source>
        <translation>Wählen Sie einen Tag.</translation>
    </message>
</context>
<context>
    <name>ClearancePage</name>
    <message>
        <source>Performed</source>
        <translation>Durchgeführt</translation>
    </message>
    <message>
        <source>Verified</source>
        <translation>Verifiziert</translation>
    </message>
    <message>
        <source>Back to batch</source>
        <translation>Zurück zur Charge</translation>
    </message>
    <message>
        <source>Sign clearance</source>
        <translation>Linienfreigabe unterschreiben</translation>
    </message>
    <message>
        <source>Signatures</source>
        <translation>Unterschriften</translation>
    </message>
    <message>
        <source>Line clearance {line}</source>
        <translation>Linienfreigabe {line}</translation>
    </message>
    <message>
        <source>Look at the line, then answer each check.</source>
        <translation>Linie ansehen, dann jede Prüfung beantworten.</translation>
    </message>
    <message>
        <source>Second person verifies</source>
        <translation>Zweite Person verifiziert</translation>
    </message>
    <message>
        <source>Go to batch</source>
        <translation>Zur Charge</translation>
    </message>
    <message>
        <source>A check failed. Clear the line, then answer the check again.</source>
        <translation>Eine Prüfung zeigt einen Mangel. Linie räumen, dann die Prüfung neu beantworten.</translation>
    </message>
    <message>
        <source>{count} checks are not answered.</source>
        <translation>{count} Prüfungen sind offen.</translation>
    </message>
</context>
<context>
    <name>ClockSheet</name>
    <message>
        <source>Clock and trail</source>
        <translation>Uhr und Audit-Trail</translation>
    </message>
    <message>
        <source>This clock</source>
        <translation>Diese Uhr</translation>
    </message>
    <message>
        <source>Latest time in the trail</source>
        <translation>Letzte Zeit im Audit-Trail</translation>
    </message>
    <message>
        <source>What happened, and which clock you compared with</source>
        <translation>Was geschah, womit verglichen?</translation>
    </message>
    <message>
        <source>Propose this clock as right</source>
        <translation>Diese Uhr als richtig vorschlagen</translation>
    </message>
    <message>
        <source>Asking the station …</source>
        <translation>Fragt die Station …</translation>
    </message>
    <message>
        <source>The clock does not stand before the trail. Nothing is to be corrected.</source>
        <translation>Die Uhr steht nicht vor dem Audit-Trail. Es ist nichts zu berichtigen.</translation>
    </message>
    <message>
        <source>The trail holds later times than this clock shows: regulated work waits. If this clock is wrong, set it. If it is right, propose it; a second person approves within 15 minutes.</source>
        <translation>Der Audit-Trail enthält spätere Zeiten, als diese Uhr zeigt: regulierte Arbeit wartet. Geht die Uhr falsch, stellen Sie sie. Geht sie richtig, schlagen Sie sie vor; eine zweite Person genehmigt innerhalb von 15 Minuten.</translation>
    </message>
    <message>
        <source>Look at another clock. If this one is right, approve it: the trail goes on from here.</source>
        <translation>Sehen Sie auf eine andere Uhr. Geht diese richtig, genehmigen Sie sie: Der Audit-Trail geht von hier weiter.</translation>
    </message>
    <message>
        <source>{person} proposed this clock as right at {time}: {reason}</source>
        <translation>{person} schlug diese Uhr als richtig vor, {time}: {reason}</translation>
    </message>
    <message>
        <source>Approve this clock as right</source>
        <translation>Diese Uhr als richtig genehmigen</translation>
    </message>
    <message>
        <source>Nothing is to be corrected.</source>
        <translation>Es ist nichts zu berichtigen.</translation>
    </message>
    <message>
        <source>Missing: a reason of at least {count} characters.</source>
        <translation>Es fehlt: ein Grund mit mindestens {count} Zeichen.</translation>
    </message>
</context>
<context>
    <name>Commissioning</name>
    <message>
        <source>Station id, for example JOPE-L3</source>
        <translation>Stationskennung, zum Beispiel JOPE-L3</translation>
    </message>
    <message>
        <source>Site</source>
        <translation>Standort</translation>
    </message>
    <message>
        <source>Production line</source>
        <translation>Produktionslinie</translation>
    </message>
    <message>
        <source>Time zone of the site</source>
        <translation>Zeitzone des Standorts</translation>
    </message>
    <message>
        <source>Password profile</source>
        <translation>Passwortprofil</translation>
    </message>
    <message>
        <source>Why this profile; both founders sign it</source>
        <translation>Warum dieses Profil; beide Gründer signieren es</translation>
    </message>
    <message>
        <source>Release key, empty for a demo station</source>
        <translation>Freigabeschlüssel, leer für eine Demostation</translation>
    </message>
    <message>
        <source>{directory} holds no station yet. It begins with two people: an administrator and a person of quality assurance.</source>
        <translation>{directory} enthält noch keine Station. Sie beginnt mit zwei Personen: Administration und Qualitätssicherung.</translation>
    </message>
    <message>
        <source>New station</source>
        <translation>Neue Station</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>The administrator asks for users, settings and backups, and holds no GMP permission. Only this person types here now.</source>
        <translation>Die Administration beantragt Benutzer, Einstellungen und Sicherungen und hat kein GMP-Recht. Nur diese Person tippt jetzt hier.</translation>
    </message>
    <message>
        <source>First founder</source>
        <translation>Erster Gründer</translation>
    </message>
    <message>
        <source>Employee id</source>
        <translation>Personalnummer</translation>
    </message>
    <message>
        <source>Name, as signatures print it</source>
        <translation>Name, wie Signaturen ihn drucken</translation>
    </message>
    <message>
        <source>By what the other founder checked who this is</source>
        <translation>Woran der andere Gründer sie erkannt hat</translation>
    </message>
    <message>
        <source>Password, which only this person knows</source>
        <translation>Passwort, das nur diese Person kennt</translation>
    </message>
    <message>
        <source>Password again</source>
        <translation>Passwort noch einmal</translation>
    </message>
    <message>
        <source>The password was typed in two ways.</source>
        <translation>Das Passwort wurde verschieden getippt.</translation>
    </message>
    <message>
        <source>The person of quality assurance approves what the administrator asks for. Only this person types here now.</source>
        <translation>Die Qualitätssicherung genehmigt, was die Administration beantragt. Nur diese Person tippt jetzt hier.</translation>
    </message>
    <message>
        <source>Second founder</source>
        <translation>Zweiter Gründer</translation>
    </message>
    <message>
        <source>Begin station</source>
        <translation>Station beginnen</translation>
    </message>
</context>
<context>
    <name>CreateBatchSheet</name>
    <message>
        <source>Create batch</source>
        <translation>Charge anlegen</translation>
    </message>
    <message>
        <source>The batch uses the effective version of the recipe and is planned on {line}.</source>
        <translation>Die Charge nutzt die gültige Version der Rezeptur und wird auf {line} geplant.</translation>
    </message>
    <message>
        <source>Batch number</source>
        <translation>Chargennummer</translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>Rezeptur</translation>
    </message>
    <message>
        <source>Product lot</source>
        <translation>Produktlos</translation>
    </message>
    <message>
        <source>batch number</source>
        <translation>Chargennummer</translation>
    </message>
    <message>
        <source>recipe</source>
        <translation>Rezeptur</translation>
    </message>
    <message>
        <source>product lot</source>
        <translation>Produktlos</translation>
    </message>
    <message>
        <source>Missing: {things}.</source>
        <translation>Es fehlt: {things}.</translation>
    </message>
</context>
<context>
    <name>Credentials</name>
    <message>
        <source>Employee ID</source>
        <translation>Personalnummer</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>Passwort</translation>
    </message>
    <message>
        <source>Checking …</source>
        <translation>Wird geprüft …</translation>
    </message>
    <message>
        <source>Type employee ID and password.</source>
        <translation>Personalnummer und Passwort eingeben.</translation>
    </message>
</context>
<context>
    <name>DeviationsPage</name>
    <message>
        <source>Number</source>
        <translation>Nummer</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Stand</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>Klasse</translation>
    </message>
    <message>
        <source>Due</source>
        <translation>Fällig</translation>
    </message>
    <message>
        <source>Owner</source>
        <translation>Verantwortlich</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>Titel</translation>
    </message>
    <message>
        <source>Deviations</source>
        <translation>Abweichungen</translation>
    </message>
    <message>
        <source>Open deviation</source>
        <translation>Abweichung öffnen</translation>
    </message>
    <message>
        <source>Add evidence</source>
        <translation>Beleg hinzufügen</translation>
    </message>
    <message>
        <source>Assign</source>
        <translation>Zuweisen</translation>
    </message>
    <message>
        <source>Void</source>
        <translation>Für ungültig erklären</translation>
    </message>
    <message>
        <source>Classify</source>
        <translation>Einstufen</translation>
    </message>
    <message>
        <source>{date} overdue</source>
        <translation>{date} überfällig</translation>
    </message>
    <message>
        <source>{running} deviations are open, {late} of them overdue.</source>
        <translation>{running} Abweichungen sind offen, {late} davon überfällig.</translation>
    </message>
    <message>
        <source>The deviations that you opened.</source>
        <translation>Die Abweichungen, die Sie geöffnet haben.</translation>
    </message>
    <message>
        <source>Record investigation</source>
        <translation>Untersuchung festhalten</translation>
    </message>
    <message>
        <source>Close deviation</source>
        <translation>Abweichung schließen</translation>
    </message>
    <message>
        <source>This deviation is {state}.</source>
        <translation>Diese Abweichung ist {state}.</translation>
    </message>
    <message>
        <source>There is no deviation here.</source>
        <translation>Hier ist keine Abweichung.</translation>
    </message>
    <message>
        <source>opened by {person} on {time}, from {source}{line}</source>
        <translation>geöffnet von {person} am {time}, aus {source}{line}</translation>
    </message>
    <message>
        <source>, line {line}</source>
        <translation>, Linie {line}</translation>
    </message>
    <message>
        <source>Root cause</source>
        <translation>Grundursache</translation>
    </message>
    <message>
        <source>Impact</source>
        <translation>Auswirkung</translation>
    </message>
    <message>
        <source>Disposition</source>
        <translation>Verfügung</translation>
    </message>
    <message>
        <source>Voided because</source>
        <translation>Ungültig, weil</translation>
    </message>
    <message>
        <source>No evidence yet.</source>
        <translation>Noch kein Beleg.</translation>
    </message>
    <message>
        <source>Classification</source>
        <translation>Einstufung</translation>
    </message>
    <message>
        <source>Closure</source>
        <translation>Abschluss</translation>
    </message>
    <message>
        <source>Voiding</source>
        <translation>Ungültigkeit</translation>
    </message>
    <message>
        <source>Evidence {n}, by {person}</source>
        <translation>Beleg {n}, von {person}</translation>
    </message>
    <message>
        <source>event {seq} of the trail, leaf {leaf}</source>
        <translation>Ereignis {seq} des Trails, Blatt {leaf}</translation>
    </message>
    <message>
        <source>: NOT the event that was attached</source>
        <translation>: NICHT das Ereignis, das beigefügt wurde</translation>
    </message>
    <message>
        <source>{name}, hash {hash}</source>
        <translation>{name}, Hash {hash}</translation>
    </message>
    <message>
        <source>Write what happened and what was expected. It gets the next number and is never deleted.</source>
        <translation>Schreiben Sie, was geschah und was erwartet wurde. Sie erhält die nächste Nummer und wird nie gelöscht.</translation>
    </message>
    <message>
        <source>Event {seq} of the trail is attached as evidence. Write what happened and what was expected.</source>
        <translation>Ereignis {seq} des Trails liegt als Beleg bei. Schreiben Sie, was geschah und was erwartet wurde.</translation>
    </message>
    <message>
        <source>Description</source>
        <translation>Beschreibung</translation>
    </message>
    <message>
        <source>Words, an event of the trail by its number, or a document by its file. Nothing is taken away again.</source>
        <translation>Worte, ein Ereignis des Trails nach seiner Nummer oder ein Dokument als Datei. Nichts wird wieder entfernt.</translation>
    </message>
    <message>
        <source>Words</source>
        <translation>Worte</translation>
    </message>
    <message>
        <source>Event number</source>
        <translation>Ereignisnummer</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Whoever owns {number} investigates it, and never closes it.</source>
        <translation>Wer für {number} verantwortlich ist, untersucht sie und schließt sie nie.</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>{number} was opened in error. Its record stays and takes no more evidence; its number is not used again.</source>
        <translation>{number} wurde irrtümlich geöffnet. Der Datensatz bleibt und nimmt keine Belege mehr an; die Nummer wird nicht wieder benutzt.</translation>
    </message>
    <message>
        <source>Void deviation</source>
        <translation>Abweichung für ungültig erklären</translation>
    </message>
    <message>
        <source>Due date, like 2026-11-20</source>
        <translation>Fälligkeitsdatum, etwa 2026-11-20</translation>
    </message>
    <message>
        <source>The class and the date of {number} are signed and do not change any more.</source>
        <translation>Klasse und Datum von {number} werden signiert und ändern sich nicht mehr.</translation>
    </message>
    <message>
        <source>Classify deviation</source>
        <translation>Abweichung einstufen</translation>
    </message>
    <message>
        <source>Sign class</source>
        <translation>Klasse signieren</translation>
    </message>
    <message>
        <source>Why {number} happened, what it touched, and what was done about it. Then it waits for its closure.</source>
        <translation>Warum {number} geschah, was betroffen war und was getan wurde. Dann wartet sie auf ihren Abschluss.</translation>
    </message>
    <message>
        <source>{number} is {state}.</source>
        <translation>{number} ist {state}.</translation>
    </message>
</context>
<context>
    <name>DeviceForms</name>
    <message>
        <source>Write a whole number.</source>
        <translation>Schreiben Sie eine ganze Zahl.</translation>
    </message>
    <message>
        <source>A date is written YYYY-MM-DD.</source>
        <translation>Ein Datum schreibt man JJJJ-MM-TT.</translation>
    </message>
    <message>
        <source>No</source>
        <translation>Nein</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>Ja</translation>
    </message>
    <message>
        <source>Id, never used before</source>
        <translation>Kennung, nie zuvor verwendet</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>Titel</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>Linie</translation>
    </message>
    <message>
        <source>Protocol</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Serial number</source>
        <translation>Seriennummer</translation>
    </message>
    <message>
        <source>Firmware</source>
        <translation>Firmware</translation>
    </message>
    <message>
        <source>Options of the driver (JSON)</source>
        <translation>Optionen des Treibers (JSON)</translation>
    </message>
    <message>
        <source>Asked every (ms)</source>
        <translation>Gefragt alle (ms)</translation>
    </message>
    <message>
        <source>Unit, of a scale</source>
        <translation>Einheit, einer Waage</translation>
    </message>
    <message>
        <source>Readability, of a scale</source>
        <translation>Ablesbarkeit, einer Waage</translation>
    </message>
    <message>
        <source>Minimum weight, of a scale</source>
        <translation>Mindesteinwaage, einer Waage</translation>
    </message>
    <message>
        <source>Capacity, of a scale</source>
        <translation>Höchstlast, einer Waage</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>Values may be written</source>
        <translation>Werte dürfen geschrieben werden</translation>
    </message>
    <message>
        <source>USP</source>
        <translation>USP</translation>
    </message>
    <message>
        <source>Ph. Eur.</source>
        <translation>Ph. Eur.</translation>
    </message>
    <message>
        <source>Process</source>
        <translation>Prozess</translation>
    </message>
    <message>
        <source>Profile of the check</source>
        <translation>Profil der Prüfung</translation>
    </message>
    <message>
        <source>Process tolerance (%)</source>
        <translation>Prozesstoleranz (%)</translation>
    </message>
    <message>
        <source>Safety factor</source>
        <translation>Sicherheitsfaktor</translation>
    </message>
    <message>
        <source>Check every (h), 0 for never</source>
        <translation>Prüfung alle (h), 0 für nie</translation>
    </message>
    <message>
        <source>Big-endian</source>
        <translation>Big-Endian</translation>
    </message>
    <message>
        <source>Little-endian</source>
        <translation>Little-Endian</translation>
    </message>
    <message>
        <source>Name of the tag</source>
        <translation>Name des Tags</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Typ</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>Einheit</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>Faktor</translation>
    </message>
    <message>
        <source>Offset</source>
        <translation>Versatz</translation>
    </message>
    <message>
        <source>Range from</source>
        <translation>Bereich von</translation>
    </message>
    <message>
        <source>Range to</source>
        <translation>Bereich bis</translation>
    </message>
    <message>
        <source>Deadband</source>
        <translation>Totband</translation>
    </message>
    <message>
        <source>Sampled every (ms)</source>
        <translation>Abgetastet alle (ms)</translation>
    </message>
    <message>
        <source>Alarm below</source>
        <translation>Alarm unter</translation>
    </message>
    <message>
        <source>Alarm above</source>
        <translation>Alarm über</translation>
    </message>
    <message>
        <source>Priority of the alarm</source>
        <translation>Priorität des Alarms</translation>
    </message>
    <message>
        <source>May be written</source>
        <translation>Darf geschrieben werden</translation>
    </message>
    <message>
        <source>Order of words (Modbus)</source>
        <translation>Wortfolge (Modbus)</translation>
    </message>
    <message>
        <source>Order of bytes (Modbus)</source>
        <translation>Bytefolge (Modbus)</translation>
    </message>
    <message>
        <source>Registers of a text (Modbus)</source>
        <translation>Register eines Textes (Modbus)</translation>
    </message>
    <message>
        <source>Within tolerance</source>
        <translation>In der Toleranz</translation>
    </message>
    <message>
        <source>Out of tolerance</source>
        <translation>Außer Toleranz</translation>
    </message>
    <message>
        <source>Number of the certificate</source>
        <translation>Nummer des Zertifikats</translation>
    </message>
    <message>
        <source>Laboratory</source>
        <translation>Labor</translation>
    </message>
    <message>
        <source>Calibrated on (YYYY-MM-DD)</source>
        <translation>Kalibriert am (JJJJ-MM-TT)</translation>
    </message>
    <message>
        <source>Due on (YYYY-MM-DD)</source>
        <translation>Fällig am (JJJJ-MM-TT)</translation>
    </message>
    <message>
        <source>As found</source>
        <translation>Vorgefunden</translation>
    </message>
    <message>
        <source>First calibration</source>
        <translation>Erste Kalibrierung</translation>
    </message>
    <message>
        <source>As left</source>
        <translation>Hinterlassen</translation>
    </message>
    <message>
        <source>File of the certificate</source>
        <translation>Datei des Zertifikats</translation>
    </message>
</context>
<context>
    <name>DeviceWords</name>
    <message>
        <source>Failure</source>
        <translation>Ausfall</translation>
    </message>
    <message>
        <source>Function check</source>
        <translation>Funktionskontrolle</translation>
    </message>
    <message>
        <source>Out of specification</source>
        <translation>Außerhalb der Spezifikation</translation>
    </message>
    <message>
        <source>Maintenance required</source>
        <translation>Wartungsbedarf</translation>
    </message>
    <message>
        <source>Good</source>
        <translation>Gut</translation>
    </message>
    <message>
        <source>connection lost</source>
        <translation>Verbindung verloren</translation>
    </message>
    <message>
        <source>access refused</source>
        <translation>Zugang verweigert</translation>
    </message>
    <message>
        <source>another device answers</source>
        <translation>anderes Gerät antwortet</translation>
    </message>
    <message>
        <source>held</source>
        <translation>gesperrt</translation>
    </message>
    <message>
        <source>connecting</source>
        <translation>verbindet</translation>
    </message>
    <message>
        <source>retired</source>
        <translation>ausgemustert</translation>
    </message>
    <message>
        <source>value unusable</source>
        <translation>Wert unbrauchbar</translation>
    </message>
    <message>
        <source>not calibrated</source>
        <translation>nicht kalibriert</translation>
    </message>
    <message>
        <source>calibration overdue</source>
        <translation>Kalibrierung überfällig</translation>
    </message>
    <message>
        <source>check not passed</source>
        <translation>Prüfung nicht bestanden</translation>
    </message>
    <message>
        <source>check overdue</source>
        <translation>Prüfung überfällig</translation>
    </message>
    <message>
        <source>calibration due soon</source>
        <translation>Kalibrierung bald fällig</translation>
    </message>
    <message>
        <source>check due soon</source>
        <translation>Prüfung bald fällig</translation>
    </message>
    <message>
        <source>not complete</source>
        <translation>nicht vollständig</translation>
    </message>
    <message>
        <source>good</source>
        <translation>gut</translation>
    </message>
    <message>
        <source>switched off</source>
        <translation>ausgeschaltet</translation>
    </message>
    <message>
        <source>asking who it is</source>
        <translation>fragt, wer es ist</translation>
    </message>
    <message>
        <source>waiting for first values</source>
        <translation>wartet auf erste Werte</translation>
    </message>
    <message>
        <source>connected</source>
        <translation>verbunden</translation>
    </message>
    <message>
        <source>connected, not complete</source>
        <translation>verbunden, nicht vollständig</translation>
    </message>
    <message>
        <source>connection is taken up again</source>
        <translation>Verbindung wird wieder aufgenommen</translation>
    </message>
    <message>
        <source>waiting for a silent line</source>
        <translation>wartet auf eine stille Leitung</translation>
    </message>
    <message>
        <source>stopping</source>
        <translation>wird gestoppt</translation>
    </message>
    <message>
        <source>bad: not understood</source>
        <translation>schlecht: nicht verstanden</translation>
    </message>
    <message>
        <source>bad: no answer in time</source>
        <translation>schlecht: keine Antwort</translation>
    </message>
    <message>
        <source>bad: connection lost</source>
        <translation>schlecht: Verbindung verloren</translation>
    </message>
    <message>
        <source>bad: no value yet</source>
        <translation>schlecht: noch kein Wert</translation>
    </message>
    <message>
        <source>bad: unknown address</source>
        <translation>schlecht: Adresse unbekannt</translation>
    </message>
    <message>
        <source>bad: out of range</source>
        <translation>schlecht: außer Bereich</translation>
    </message>
    <message>
        <source>bad: wrong type</source>
        <translation>schlecht: falscher Typ</translation>
    </message>
    <message>
        <source>bad: wrong configuration</source>
        <translation>schlecht: falsche Konfiguration</translation>
    </message>
    <message>
        <source>bad: device failure</source>
        <translation>schlecht: Gerätefehler</translation>
    </message>
    <message>
        <source>uncertain: last usable value</source>
        <translation>unsicher: letzter brauchbarer Wert</translation>
    </message>
    <message>
        <source>bad, code {code}</source>
        <translation>schlecht, Code {code}</translation>
    </message>
    <message>
        <source>uncertain</source>
        <translation>unsicher</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} s</translation>
    </message>
    <message>
        <source>{minutes} min</source>
        <translation>{minutes} min</translation>
    </message>
    <message>
        <source>{hours} h</source>
        <translation>{hours} h</translation>
    </message>
</context>
<context>
    <name>DevicesPage</name>
    <message>
        <source>Overview</source>
        <translation>Übersicht</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>Werte</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Trust</source>
        <translation>Vertrauen</translation>
    </message>
    <message>
        <source>Actions</source>
        <translation>Aktionen</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Stand</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>Titel</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>Geräte</translation>
    </message>
    <message>
        <source>Newest reading</source>
        <translation>Neuester Wert</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>Tags</translation>
    </message>
    <message>
        <source>New device</source>
        <translation>Neues Gerät</translation>
    </message>
    <message>
        <source>Audit trail</source>
        <translation>Audit-Trail</translation>
    </message>
    <message>
        <source>Trends</source>
        <translation>Kurven</translation>
    </message>
    <message>
        <source>Balance check</source>
        <translation>Waagenprüfung</translation>
    </message>
    <message>
        <source>Hold device</source>
        <translation>Gerät sperren</translation>
    </message>
    <message>
        <source>Return to use</source>
        <translation>Wieder freigeben</translation>
    </message>
    <message>
        <source>Try again now</source>
        <translation>Jetzt neu versuchen</translation>
    </message>
    <message>
        <source>Record calibration</source>
        <translation>Kalibrierung eintragen</translation>
    </message>
    <message>
        <source>Change device</source>
        <translation>Gerät ändern</translation>
    </message>
    <message>
        <source>Accept identity</source>
        <translation>Identität annehmen</translation>
    </message>
    <message>
        <source>New tag</source>
        <translation>Neuer Tag</translation>
    </message>
    <message>
        <source>Change tag</source>
        <translation>Tag ändern</translation>
    </message>
    <message>
        <source>Retire tag</source>
        <translation>Tag ausmustern</translation>
    </message>
    <message>
        <source>Write value</source>
        <translation>Wert schreiben</translation>
    </message>
    <message>
        <source>Retire device</source>
        <translation>Gerät ausmustern</translation>
    </message>
    <message>
        <source>Tag</source>
        <translation>Tag</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>Einheit</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>Qualität</translation>
    </message>
    <message>
        <source>Age</source>
        <translation>Alter</translation>
    </message>
    <message>
        <source>There is no device here.</source>
        <translation>Hier ist kein Gerät.</translation>
    </message>
    <message>
        <source>{signal}: {cause}</source>
        <translation>{signal}: {cause}</translation>
    </message>
    <message>
        <source>{device} {title}, line {line}, {protocol} at {address}</source>
        <translation>{device} {title}, Linie {line}, {protocol} an {address}</translation>
    </message>
    <message>
        <source>Registered: {model}, serial number {serial}, firmware {firmware}</source>
        <translation>Registriert: {model}, Seriennummer {serial}, Firmware {firmware}</translation>
    </message>
    <message>
        <source>Nobody has answered yet.</source>
        <translation>Noch hat niemand geantwortet.</translation>
    </message>
    <message>
        <source>It answers with the registered identity.</source>
        <translation>Es antwortet mit der registrierten Identität.</translation>
    </message>
    <message>
        <source>ANOTHER ANSWERS: {model}, serial number {serial}, firmware {firmware}</source>
        <translation>EIN ANDERES ANTWORTET: {model}, Seriennummer {serial}, Firmware {firmware}</translation>
    </message>
    <message>
        <source>Held: {reason}</source>
        <translation>Gesperrt: {reason}</translation>
    </message>
    <message>
        <source>The station runs without devices.</source>
        <translation>Die Station läuft ohne Geräte.</translation>
    </message>
    <message>
        <source>Connection: {state} since {time}</source>
        <translation>Verbindung: {state} seit {time}</translation>
    </message>
    <message>
        <source>Connections lost: {lost}, frames not understood: {garbled}</source>
        <translation>Verbindungen verloren: {lost}, Telegramme nicht verstanden: {garbled}</translation>
    </message>
    <message>
        <source>Requests: {requests}, failed: {failures}, values: {values}, answer after {latency} ms</source>
        <translation>Anfragen: {requests}, gescheitert: {failures}, Werte: {values}, Antwort nach {latency} ms</translation>
    </message>
    <message>
        <source>Its clock is off by {offset} ms</source>
        <translation>Seine Uhr geht um {offset} ms falsch</translation>
    </message>
    <message>
        <source>Capacity {capacity}, readability {readability}, minimum weight {least}</source>
        <translation>Höchstlast {capacity}, Ablesbarkeit {readability}, Mindesteinwaage {least}</translation>
    </message>
    <message>
        <source>Calibrated until {day}. Last check {passed}, next due {time}</source>
        <translation>Kalibriert bis {day}. Letzte Prüfung {passed}, nächste fällig {time}</translation>
    </message>
    <message>
        <source>passed</source>
        <translation>in Ordnung</translation>
    </message>
    <message>
        <source>NOT passed</source>
        <translation>NICHT bestanden</translation>
    </message>
    <message>
        <source>Nothing was kept yet.</source>
        <translation>Noch wurde nichts aufbewahrt.</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>bereit</translation>
    </message>
    <message>
        <source>The printer says nothing.</source>
        <translation>Der Drucker sagt nichts.</translation>
    </message>
    <message>
        <source>{time}, batch {batch}, material {position}, asked by {person}</source>
        <translation>{time}, Charge {batch}, Material {position}, verlangt von {person}</translation>
    </message>
    <message>
        <source>No check, calibration or write is recorded.</source>
        <translation>Keine Prüfung, Kalibrierung oder Schreibung ist verzeichnet.</translation>
    </message>
    <message>
        <source>No label was printed.</source>
        <translation>Es wurde kein Etikett gedruckt.</translation>
    </message>
    <message>
        <source>runs</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>FAILED</source>
        <translation>NICHT BESTANDEN</translation>
    </message>
    <message>
        <source>abandoned</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>Check {time} by {person}: {state}</source>
        <translation>Prüfung {time} von {person}: {state}</translation>
    </message>
    <message>
        <source>, minimum weight {weight}</source>
        <translation>, Mindesteinwaage {weight}</translation>
    </message>
    <message>
        <source>, deviation {number}</source>
        <translation>, Abweichung {number}</translation>
    </message>
    <message>
        <source>within tolerance</source>
        <translation>in der Toleranz</translation>
    </message>
    <message>
        <source>OUT OF TOLERANCE</source>
        <translation>AUSSER TOLERANZ</translation>
    </message>
    <message>
        <source>first calibration</source>
        <translation>erste Kalibrierung</translation>
    </message>
    <message>
        <source>Calibration {day} until {due}, certificate {number} of {laboratory}. As found: {found}, as left: {left}. {person}, {time}</source>
        <translation>Kalibrierung {day} bis {due}, Zertifikat {number} von {laboratory}. Vorgefunden: {found}, hinterlassen: {left}. {person}, {time}</translation>
    </message>
    <message>
        <source>approved</source>
        <translation>genehmigt</translation>
    </message>
    <message>
        <source>sent</source>
        <translation>gesendet</translation>
    </message>
    <message>
        <source>done</source>
        <translation>erledigt</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>abgelehnt</translation>
    </message>
    <message>
        <source>NOT KNOWN whether it was done</source>
        <translation>NICHT BEKANNT, ob es geschah</translation>
    </message>
    <message>
        <source>Write {time}: {tag} from {before} to {value}: {state}</source>
        <translation>Schreibung {time}: {tag} von {before} auf {value}: {state}</translation>
    </message>
    <message>
        <source>seen, not trusted</source>
        <translation>gesehen, nicht vertraut</translation>
    </message>
    <message>
        <source>trusted</source>
        <translation>vertraut</translation>
    </message>
    <message>
        <source>revoked</source>
        <translation>eingezogen</translation>
    </message>
    <message>
        <source>{subject}: {state}. Seen {time}, valid until {until}</source>
        <translation>{subject}: {state}. Gesehen {time}, gültig bis {until}</translation>
    </message>
    <message>
        <source>Trust it</source>
        <translation>Vertrauen</translation>
    </message>
    <message>
        <source>Revoke it</source>
        <translation>Entziehen</translation>
    </message>
    <message>
        <source>This device has shown no certificate.</source>
        <translation>Dieses Gerät hat kein Zertifikat gezeigt.</translation>
    </message>
    <message>
        <source>Change tag {tag}</source>
        <translation>Tag {tag} ändern</translation>
    </message>
    <message>
        <source>Retire tag {tag}</source>
        <translation>Tag {tag} ausmustern</translation>
    </message>
    <message>
        <source>Write {tag}</source>
        <translation>{tag} schreiben</translation>
    </message>
    <message>
        <source>The station runs without devices. Start the client with its drivers.</source>
        <translation>Die Station läuft ohne Geräte. Starten Sie den Client mit seinen Treibern.</translation>
    </message>
    <message>
        <source>It does not wait: {state}.</source>
        <translation>Es wartet nicht: {state}.</translation>
    </message>
    <message>
        <source>no value yet</source>
        <translation>noch kein Wert</translation>
    </message>
    <message>
        <source>not live</source>
        <translation>nicht aktuell</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>It is out of use at once. Two people return it to use.</source>
        <translation>Es ist sofort außer Gebrauch. Zwei Personen geben es wieder frei.</translation>
    </message>
    <message>
        <source>It may be used again once another person approves it. Say why it can be trusted.</source>
        <translation>Es darf wieder verwendet werden, sobald eine andere Person es genehmigt. Sagen Sie, warum man ihm trauen kann.</translation>
    </message>
    <message>
        <source>It leaves the station for good once another person approves it. Its history stays.</source>
        <translation>Es verlässt die Station für immer, sobald eine andere Person es genehmigt. Sein Verlauf bleibt.</translation>
    </message>
    <message>
        <source>The device is tried again now.</source>
        <translation>Das Gerät wird jetzt neu versucht.</translation>
    </message>
    <message>
        <source>The device comes in when another person approves it. Write down what its plate and its screen say.</source>
        <translation>Das Gerät kommt herein, wenn eine andere Person es genehmigt. Schreiben Sie auf, was Typenschild und Anzeige sagen.</translation>
    </message>
    <message>
        <source>Ask for it</source>
        <translation>Beantragen</translation>
    </message>
    <message>
        <source>It changes when another person approves it, and is connected anew.</source>
        <translation>Es ändert sich, wenn eine andere Person es genehmigt, und wird neu verbunden.</translation>
    </message>
    <message>
        <source>Change {device}</source>
        <translation>{device} ändern</translation>
    </message>
    <message>
        <source>Registered: {model}, serial number {serial}, firmware {firmware}. Answering: {new_model}, {new_serial}, {new_firmware}.

Another serial number is another instrument: its calibration and checks begin anew. Another firmware needs a new check.</source>
        <translation>Registriert: {model}, Seriennummer {serial}, Firmware {firmware}. Es antwortet: {new_model}, {new_serial}, {new_firmware}.

Eine andere Seriennummer ist ein anderes Gerät: Kalibrierung und Prüfungen beginnen neu. Eine andere Firmware braucht eine neue Prüfung.</translation>
    </message>
    <message>
        <source>Accept identity of {device}</source>
        <translation>Identität von {device} annehmen</translation>
    </message>
    <message>
        <source>Write down what the certificate states for {serial}. A device that was found out of tolerance is held.</source>
        <translation>Schreiben Sie auf, was das Zertifikat für {serial} sagt. Ein Gerät, das außer Toleranz vorgefunden wurde, wird gesperrt.</translation>
    </message>
    <message>
        <source>Calibration of {device}</source>
        <translation>Kalibrierung von {device}</translation>
    </message>
    <message>
        <source>Sign calibration</source>
        <translation>Kalibrierung signieren</translation>
    </message>
    <message>
        <source>The tag is heard once another person approves it.</source>
        <translation>Der Tag wird gehört, sobald eine andere Person ihn genehmigt.</translation>
    </message>
    <message>
        <source>New tag of {device}</source>
        <translation>Neuer Tag von {device}</translation>
    </message>
    <message>
        <source>It is heard no more once another person approves it. What was heard stays.</source>
        <translation>Er wird nicht mehr gehört, sobald eine andere Person es genehmigt. Was gehört wurde, bleibt.</translation>
    </message>
    <message>
        <source>{tag} has {value} now. The value is written once, after another person approves it, and only if it still has this one.</source>
        <translation>{tag} hat jetzt {value}. Der Wert wird einmal geschrieben, nachdem eine andere Person ihn genehmigt hat, und nur, wenn er dann noch diesen hat.</translation>
    </message>
    <message>
        <source>New value</source>
        <translation>Neuer Wert</translation>
    </message>
    <message>
        <source>Compare the thumbprint with the one that the device itself shows:</source>
        <translation>Vergleichen Sie den Fingerabdruck mit dem, den das Gerät selbst zeigt:</translation>
    </message>
    <message>
        <source>The device is not let in with it any more, at once and for good:</source>
        <translation>Das Gerät wird damit nicht mehr eingelassen, sofort und für immer:</translation>
    </message>
    <message>
        <source>Certificate of {device}</source>
        <translation>Zertifikat von {device}</translation>
    </message>
</context>
<context>
    <name>DispensingPage</name>
    <message>
        <source>Performed</source>
        <translation>Durchgeführt</translation>
    </message>
    <message>
        <source>Verified</source>
        <translation>Verifiziert</translation>
    </message>
    <message>
        <source>Zero</source>
        <translation>Null</translation>
    </message>
    <message>
        <source>Tare</source>
        <translation>Tara</translation>
    </message>
    <message>
        <source>Print label</source>
        <translation>Etikett drucken</translation>
    </message>
    <message>
        <source>Lot {lot}</source>
        <translation>Los {lot}</translation>
    </message>
    <message>
        <source>Use this lot</source>
        <translation>Dieses Los verwenden</translation>
    </message>
    <message>
        <source>Accept weight</source>
        <translation>Gewicht übernehmen</translation>
    </message>
    <message>
        <source>Second person verifies</source>
        <translation>Zweite Person verifiziert</translation>
    </message>
    <message>
        <source>Sign material</source>
        <translation>Einwaage unterschreiben</translation>
    </message>
    <message>
        <source>Back to batch</source>
        <translation>Zurück zur Charge</translation>
    </message>
    <message>
        <source>The batch is {state}; dispensing waits until it runs.</source>
        <translation>Die Charge ist {state}; die Einwaage wartet, bis sie läuft.</translation>
    </message>
    <message>
        <source>Scan the lot label.</source>
        <translation>Losetikett scannen.</translation>
    </message>
    <message>
        <source>The scale sends no live value. Look at the scale and its cable.</source>
        <translation>Die Waage sendet keinen Wert. Waage und Kabel ansehen.</translation>
    </message>
    <message>
        <source>The scale is tared.</source>
        <translation>Die Waage ist tariert.</translation>
    </message>
    <message>
        <source>The scale is at zero.</source>
        <translation>Die Waage steht auf null.</translation>
    </message>
    <message>
        <source>The scale did not do it.</source>
        <translation>Die Waage hat es nicht getan.</translation>
    </message>
    <message>
        <source>Another lot is first</source>
        <translation>Ein anderes Los ist zuerst an der Reihe</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
</context>
<context>
    <name>EmergencyChangeSheet</name>
    <message>
        <source>Change in an emergency</source>
        <translation>Änderung im Notfall</translation>
    </message>
    <message>
        <source>Sign and make it</source>
        <translation>Unterschreiben und ausführen</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>To be approved after the fact by</source>
        <translation>Nachträglich zu genehmigen bis</translation>
    </message>
    <message>
        <source>It is made as soon as you sign, and alarmed at once. Another person from outside administration approves it by then; otherwise a deviation opens.</source>
        <translation>Sie gilt, sobald Sie unterschreiben, und wird sofort gemeldet. Eine andere Person von außerhalb der Administration genehmigt sie bis dahin; sonst wird eine Abweichung eröffnet.</translation>
    </message>
</context>
<context>
    <name>EntrySheet</name>
    <message>
        <source>Missing: {things}</source>
        <translation>Es fehlt: {things}</translation>
    </message>
</context>
<context>
    <name>EquipmentForms</name>
    <message>
        <source>Write a whole number.</source>
        <translation>Schreiben Sie eine ganze Zahl.</translation>
    </message>
    <message>
        <source>Id, never used before</source>
        <translation>Kennung, nie zuvor verwendet</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>Titel</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>Linie</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>Linked scale</source>
        <translation>Zugehörige Waage</translation>
    </message>
    <message>
        <source>Needed for</source>
        <translation>Benötigt für</translation>
    </message>
    <message>
        <source>Clean for (h) after the check</source>
        <translation>Sauber für (h) ab Kontrolle</translation>
    </message>
    <message>
        <source>To be cleaned within (h)</source>
        <translation>Zu reinigen binnen (h)</translation>
    </message>
    <message>
        <source>Cleaning procedure</source>
        <translation>Reinigungsanweisung</translation>
    </message>
    <message>
        <source>Version of the procedure</source>
        <translation>Version der Anweisung</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>Cleaning agent</source>
        <translation>Reinigungsmittel</translation>
    </message>
    <message>
        <source>Reason, where it stood dirty too long</source>
        <translation>Grund, falls zu lange schmutzig</translation>
    </message>
</context>
<context>
    <name>EquipmentPage</name>
    <message>
        <source>Status</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>Logbook</source>
        <translation>Logbuch</translation>
    </message>
    <message>
        <source>Register</source>
        <translation>Register</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>Einheit</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>Titel</translation>
    </message>
    <message>
        <source>Equipment</source>
        <translation>Ausrüstung</translation>
    </message>
    <message>
        <source>New unit</source>
        <translation>Neue Einheit</translation>
    </message>
    <message>
        <source>Write entry</source>
        <translation>Eintrag schreiben</translation>
    </message>
    <message>
        <source>Audit trail</source>
        <translation>Audit-Trail</translation>
    </message>
    <message>
        <source>Begin cleaning</source>
        <translation>Reinigung beginnen</translation>
    </message>
    <message>
        <source>Cleaning performed</source>
        <translation>Reinigung durchgeführt</translation>
    </message>
    <message>
        <source>Second person checks cleaning</source>
        <translation>Zweite Person kontrolliert Reinigung</translation>
    </message>
    <message>
        <source>Report as dirty</source>
        <translation>Als schmutzig melden</translation>
    </message>
    <message>
        <source>Begin maintenance</source>
        <translation>Wartung beginnen</translation>
    </message>
    <message>
        <source>Second person ends maintenance</source>
        <translation>Zweite Person beendet Wartung</translation>
    </message>
    <message>
        <source>Change unit</source>
        <translation>Einheit ändern</translation>
    </message>
    <message>
        <source>Retire unit</source>
        <translation>Einheit ausmustern</translation>
    </message>
    <message>
        <source>No equipment is registered here.</source>
        <translation>Hier ist keine Ausrüstung eingetragen.</translation>
    </message>
    <message>
        <source>{unit} {title}: {status}</source>
        <translation>{unit} {title}: {status}</translation>
    </message>
    <message>
        <source>Used by batch {batch}. When the batch is complete it is dirty.</source>
        <translation>In Gebrauch für Charge {batch}. Nach deren Abschluss ist sie schmutzig.</translation>
    </message>
    <message>
        <source>Cleaned by {performer}, checked by {checker}</source>
        <translation>Gereinigt von {performer}, kontrolliert von {checker}</translation>
    </message>
    <message>
        <source>Clean until {time}</source>
        <translation>Sauber bis {time}</translation>
    </message>
    <message>
        <source>It was clean until {time}. Clean it again before it is used.</source>
        <translation>Sie war sauber bis {time}. Vor Gebrauch erneut reinigen.</translation>
    </message>
    <message>
        <source>Cleaning by {performer}</source>
        <translation>Reinigung durch {performer}</translation>
    </message>
    <message>
        <source>To be cleaned until {time}</source>
        <translation>Zu reinigen bis {time}</translation>
    </message>
    <message>
        <source>It was never cleaned at this station.</source>
        <translation>Sie wurde an dieser Station noch nie gereinigt.</translation>
    </message>
    <message>
        <source>Taken out of service by {performer}: {reason}</source>
        <translation>Außer Betrieb genommen von {performer}: {reason}</translation>
    </message>
    <message>
        <source>{kind}, line {line}, linked scale: {device}</source>
        <translation>{kind}, Linie {line}, zugehörige Waage: {device}</translation>
    </message>
    <message>
        <source>Needed for: {use}</source>
        <translation>Benötigt für: {use}</translation>
    </message>
    <message>
        <source>Clean for {clean} h after the check, to be cleaned within {dirty} h</source>
        <translation>Sauber für {clean} h ab Kontrolle, zu reinigen binnen {dirty} h</translation>
    </message>
    <message>
        <source>Cleaned by procedure {procedure}, version {version}</source>
        <translation>Gereinigt nach Anweisung {procedure}, Version {version}</translation>
    </message>
    <message>
        <source>Older entries: jope equipment logbook</source>
        <translation>Ältere Einträge: jope equipment logbook</translation>
    </message>
    <message>
        <source>Nothing is written in the logbook yet.</source>
        <translation>Im Logbuch steht noch nichts.</translation>
    </message>
    <message>
        <source>{time}  {what}</source>
        <translation>{time}  {what}</translation>
    </message>
    <message>
        <source>Performed by {performer}, checked by {checker}</source>
        <translation>Durchgeführt von {performer}, kontrolliert von {checker}</translation>
    </message>
    <message>
        <source>Performed by {performer}</source>
        <translation>Durchgeführt von {performer}</translation>
    </message>
    <message>
        <source>Sign what you cleaned it with. Another person checks it before it is used.</source>
        <translation>Unterzeichnen Sie, womit Sie gereinigt haben. Vor Gebrauch kontrolliert eine andere Person.</translation>
    </message>
    <message>
        <source>Cleaning of {unit}</source>
        <translation>Reinigung von {unit}</translation>
    </message>
    <message>
        <source>Sign cleaning</source>
        <translation>Reinigung unterzeichnen</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>It needs cleaning before it is used, at once. A cleaning that was not checked yet counts for nothing.</source>
        <translation>Sie muss ab sofort vor Gebrauch gereinigt werden. Eine noch nicht kontrollierte Reinigung zählt nicht.</translation>
    </message>
    <message>
        <source>It is out of service at once, also for a running batch. Another person returns it; then it is cleaned.</source>
        <translation>Sie ist sofort außer Betrieb, auch für eine laufende Charge. Eine andere Person gibt sie zurück; danach wird sie gereinigt.</translation>
    </message>
    <message>
        <source>Another person than the one who took it out signs what was done. It is dirty then.</source>
        <translation>Eine andere Person als die, die sie außer Betrieb nahm, unterzeichnet die Arbeit. Danach ist sie schmutzig.</translation>
    </message>
    <message>
        <source>Return {unit}</source>
        <translation>{unit} zurückgeben</translation>
    </message>
    <message>
        <source>End maintenance</source>
        <translation>Wartung beenden</translation>
    </message>
    <message>
        <source>Work done</source>
        <translation>Ausgeführte Arbeit</translation>
    </message>
    <message>
        <source>Steps write the logbook themselves. An entry by hand says why no step wrote it, and is signed.</source>
        <translation>Die Schritte schreiben das Logbuch selbst. Ein Eintrag von Hand sagt, warum kein Schritt ihn schrieb, und wird unterzeichnet.</translation>
    </message>
    <message>
        <source>Entry for {unit}</source>
        <translation>Eintrag für {unit}</translation>
    </message>
    <message>
        <source>Entry</source>
        <translation>Eintrag</translation>
    </message>
    <message>
        <source>Why by hand</source>
        <translation>Warum von Hand</translation>
    </message>
    <message>
        <source>Sign entry</source>
        <translation>Eintrag unterzeichnen</translation>
    </message>
    <message>
        <source>The unit comes in when another person approves it. It begins dirty.</source>
        <translation>Die Einheit kommt hinzu, wenn eine andere Person zustimmt. Sie beginnt schmutzig.</translation>
    </message>
    <message>
        <source>Ask for it</source>
        <translation>Beantragen</translation>
    </message>
    <message>
        <source>It changes when another person approves it. A longer clean hold counts from the next cleaning on.</source>
        <translation>Sie ändert sich, wenn eine andere Person zustimmt. Eine längere Sauberfrist zählt ab der nächsten Reinigung.</translation>
    </message>
    <message>
        <source>Change {unit}</source>
        <translation>{unit} ändern</translation>
    </message>
    <message>
        <source>It leaves the line for good once another person approves it. Its logbook stays.</source>
        <translation>Sie verlässt die Linie endgültig, sobald eine andere Person zustimmt. Ihr Logbuch bleibt.</translation>
    </message>
</context>
<context>
    <name>EquipmentWords</name>
    <message>
        <source>clean</source>
        <translation>sauber</translation>
    </message>
    <message>
        <source>clean hold expired</source>
        <translation>Sauberfrist abgelaufen</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>in Gebrauch</translation>
    </message>
    <message>
        <source>dirty</source>
        <translation>schmutzig</translation>
    </message>
    <message>
        <source>being cleaned</source>
        <translation>wird gereinigt</translation>
    </message>
    <message>
        <source>cleaning to be checked</source>
        <translation>Reinigung zu kontrollieren</translation>
    </message>
    <message>
        <source>in maintenance</source>
        <translation>in Wartung</translation>
    </message>
    <message>
        <source>Mixer</source>
        <translation>Mischer</translation>
    </message>
    <message>
        <source>Vessel</source>
        <translation>Behälter</translation>
    </message>
    <message>
        <source>Booth</source>
        <translation>Kabine</translation>
    </message>
    <message>
        <source>Filler</source>
        <translation>Abfüller</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>Waage</translation>
    </message>
    <message>
        <source>Other</source>
        <translation>Andere</translation>
    </message>
    <message>
        <source>Each batch</source>
        <translation>Jede Charge</translation>
    </message>
    <message>
        <source>Each batch and weighing</source>
        <translation>Jede Charge und Einwaage</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>Nichts</translation>
    </message>
    <message>
        <source>Registered</source>
        <translation>Eingetragen</translation>
    </message>
    <message>
        <source>Register changed</source>
        <translation>Register geändert</translation>
    </message>
    <message>
        <source>Retired</source>
        <translation>Ausgemustert</translation>
    </message>
    <message>
        <source>In use from here on</source>
        <translation>In Gebrauch ab hier</translation>
    </message>
    <message>
        <source>In use until here</source>
        <translation>In Gebrauch bis hier</translation>
    </message>
    <message>
        <source>Reported as dirty</source>
        <translation>Als schmutzig gemeldet</translation>
    </message>
    <message>
        <source>Entry by hand</source>
        <translation>Eintrag von Hand</translation>
    </message>
    <message>
        <source>Cleaning begun</source>
        <translation>Reinigung begonnen</translation>
    </message>
    <message>
        <source>Cleaning performed</source>
        <translation>Reinigung durchgeführt</translation>
    </message>
    <message>
        <source>Cleaning checked</source>
        <translation>Reinigung kontrolliert</translation>
    </message>
    <message>
        <source>Maintenance begun</source>
        <translation>Wartung begonnen</translation>
    </message>
    <message>
        <source>Maintenance ended</source>
        <translation>Wartung beendet</translation>
    </message>
    <message>
        <source>Weighed</source>
        <translation>Gewogen</translation>
    </message>
    <message>
        <source>Calibration recorded</source>
        <translation>Kalibrierung eingetragen</translation>
    </message>
    <message>
        <source>Balance check ended</source>
        <translation>Waagenprüfung beendet</translation>
    </message>
    <message>
        <source>Balance check abandoned</source>
        <translation>Waagenprüfung abgebrochen</translation>
    </message>
    <message>
        <source>Scale held</source>
        <translation>Waage gesperrt</translation>
    </message>
    <message>
        <source>Scale returned to use</source>
        <translation>Waage freigegeben</translation>
    </message>
</context>
<context>
    <name>ExceptionList</name>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
</context>
<context>
    <name>ExportSheet</name>
    <message>
        <source>Export a signed bundle</source>
        <translation>Signiertes Paket exportieren</translation>
    </message>
    <message>
        <source>The bundle carries the events, their proofs and its own verifier; of one record it proves that nothing was left out. The trail notes the export before the file exists.</source>
        <translation>Das Paket enthält die Ereignisse, ihre Beweise und einen eigenen Prüfer; zu einem Datensatz beweist es, dass nichts fehlt. Der Export steht im Audit-Trail, bevor die Datei entsteht.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Goes to</source>
        <translation>Ziel</translation>
    </message>
    <message>
        <source>Only {kind} {id}</source>
        <translation>Nur {kind} {id}</translation>
    </message>
    <message>
        <source>The whole trail</source>
        <translation>Der ganze Audit-Trail</translation>
    </message>
    <message>
        <source>Trail, tables and records</source>
        <translation>Audit-Trail, Tabellen, Protokolle</translation>
    </message>
    <message>
        <source>Exporting …</source>
        <translation>Exportiert …</translation>
    </message>
    <message>
        <source>Asking the station …</source>
        <translation>Fragt die Station …</translation>
    </message>
    <message>
        <source>Missing: what is to be exported.</source>
        <translation>Es fehlt: was exportiert werden soll.</translation>
    </message>
    <message>
        <source>{seconds} s …</source>
        <translation>{seconds} s …</translation>
    </message>
    <message>
        <source>{events} events exported, noted as event {seq}.</source>
        <translation>{events} Ereignisse exportiert, vermerkt als Ereignis {seq}.</translation>
    </message>
    <message>
        <source>checkpoint over {size} events, root {root}</source>
        <translation>Prüfpunkt über {size} Ereignisse, Wurzel {root}</translation>
    </message>
</context>
<context>
    <name>FieldsSheet</name>
    <message>
        <source>Missing: {things}</source>
        <translation>Es fehlt: {things}</translation>
    </message>
</context>
<context>
    <name>FirstPasswordSheet</name>
    <message>
        <source>Handed over</source>
        <translation>Übergeben</translation>
    </message>
    <message>
        <source>First password of {person}</source>
        <translation>Erstpasswort von {person}</translation>
    </message>
    <message>
        <source>It is shown once and kept nowhere. It serves to choose an own password at the first sign-in, and for nothing else.</source>
        <translation>Es wird einmal gezeigt und nirgends aufbewahrt. Es dient dazu, bei der ersten Anmeldung ein eigenes Passwort zu wählen, und zu nichts sonst.</translation>
    </message>
</context>
<context>
    <name>FormSheet</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
</context>
<context>
    <name>FoundingWindow</name>
    <message>
        <source>Jope</source>
        <translation>Jope</translation>
    </message>
</context>
<context>
    <name>GenesisSheet</name>
    <message>
        <source>Go on to the signatures</source>
        <translation>Weiter zu den Signaturen</translation>
    </message>
    <message>
        <source>The station begins</source>
        <translation>Die Station beginnt</translation>
    </message>
    <message>
        <source>Its trail begins under this key. Print {path} and keep it with the installation qualification.</source>
        <translation>Ihr Trail beginnt unter diesem Schlüssel. {path} drucken und bei der Installationsqualifizierung aufbewahren.</translation>
    </message>
    <message>
        <source>Beside it lies a sealed code for each founder: print both, seal each in its person&apos;s envelope, and delete the files.</source>
        <translation>Daneben liegt für jede der beiden Personen ein versiegelter Code: beide drucken, je in den Umschlag der Person geben und die Dateien löschen.</translation>
    </message>
    <message>
        <source>Each founder now reads the accountability statement and signs the password profile.</source>
        <translation>Jeder Gründer liest nun die Verantwortungserklärung und signiert das Passwortprofil.</translation>
    </message>
</context>
<context>
    <name>HealthSheet</name>
    <message>
        <source>Health of the station</source>
        <translation>Zustand der Station</translation>
    </message>
    <message>
        <source>Support file</source>
        <translation>Supportdatei</translation>
    </message>
    <message>
        <source>Test channels</source>
        <translation>Kanäle testen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Ask a person who may read the audit trail.</source>
        <translation>Fragen Sie jemanden, der den Audit-Trail lesen darf.</translation>
    </message>
    <message>
        <source>The support file is being made …</source>
        <translation>Die Supportdatei wird erstellt …</translation>
    </message>
    <message>
        <source>The support file is written.</source>
        <translation>Die Supportdatei ist geschrieben.</translation>
    </message>
    <message>
        <source>The channels are being tested …</source>
        <translation>Die Kanäle werden getestet …</translation>
    </message>
    <message>
        <source>No alarm channel is set up.</source>
        <translation>Kein Alarmkanal ist eingerichtet.</translation>
    </message>
    <message>
        <source>{count} channels took the test.</source>
        <translation>{count} Kanäle nahmen den Test an.</translation>
    </message>
</context>
<context>
    <name>HealthWords</name>
    <message>
        <source>well</source>
        <translation>in Ordnung</translation>
    </message>
    <message>
        <source>look at it</source>
        <translation>ansehen</translation>
    </message>
    <message>
        <source>does not work</source>
        <translation>geht nicht</translation>
    </message>
    <message>
        <source>not set up</source>
        <translation>nicht eingerichtet</translation>
    </message>
    <message>
        <source>Station</source>
        <translation>Station</translation>
    </message>
    <message>
        <source>Audit trail</source>
        <translation>Audit-Trail</translation>
    </message>
    <message>
        <source>Anchors</source>
        <translation>Anker</translation>
    </message>
    <message>
        <source>Clock</source>
        <translation>Uhr</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>Festplatte</translation>
    </message>
    <message>
        <source>Write-ahead log</source>
        <translation>Vorausprotokoll</translation>
    </message>
    <message>
        <source>Uptime</source>
        <translation>Laufzeit</translation>
    </message>
    <message>
        <source>Latency of commands</source>
        <translation>Antwortzeit</translation>
    </message>
    <message>
        <source>Error budget</source>
        <translation>Fehlerbudget</translation>
    </message>
    <message>
        <source>Alarm channels</source>
        <translation>Alarmkanäle</translation>
    </message>
    <message>
        <source>Security sink</source>
        <translation>Sicherheitssenke</translation>
    </message>
    <message>
        <source>Captured errors</source>
        <translation>Erfasste Fehler</translation>
    </message>
    <message>
        <source>Backup</source>
        <translation>Sicherung</translation>
    </message>
    <message>
        <source>Historian</source>
        <translation>Historian</translation>
    </message>
    <message>
        <source>Anchor {name}</source>
        <translation>Anker {name}</translation>
    </message>
    <message>
        <source>Alarm channel {name}</source>
        <translation>Alarmkanal {name}</translation>
    </message>
</context>
<context>
    <name>Keypad</name>
    <message>
        <source>Enter value</source>
        <translation>Wert eingeben</translation>
    </message>
    <message>
        <source>Delete one digit</source>
        <translation>Eine Ziffer löschen</translation>
    </message>
    <message>
        <source>Type a number.</source>
        <translation>Zahl eingeben.</translation>
    </message>
    <message>
        <source>Below the range.</source>
        <translation>Unter dem Bereich.</translation>
    </message>
    <message>
        <source>Above the range.</source>
        <translation>Über dem Bereich.</translation>
    </message>
</context>
<context>
    <name>LabelSheet</name>
    <message>
        <source>Preview of the label</source>
        <translation>Vorschau des Etiketts</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>It came out</source>
        <translation>Es kam heraus</translation>
    </message>
    <message>
        <source>It did not come out</source>
        <translation>Es kam nicht heraus</translation>
    </message>
    <message>
        <source>Earlier container</source>
        <translation>Früheres Gebinde</translation>
    </message>
    <message>
        <source>Later container</source>
        <translation>Späteres Gebinde</translation>
    </message>
    <message>
        <source>Print label</source>
        <translation>Etikett drucken</translation>
    </message>
    <message>
        <source>The label is being made.</source>
        <translation>Das Etikett wird erstellt.</translation>
    </message>
    <message>
        <source>Printer {device}: {state}</source>
        <translation>Drucker {device}: {state}</translation>
    </message>
    <message>
        <source>No label of this container was printed yet.</source>
        <translation>Für dieses Gebinde wurde noch kein Etikett gedruckt.</translation>
    </message>
    <message>
        <source>Label of {material}, {net} {unit}</source>
        <translation>Etikett von {material}, {net} {unit}</translation>
    </message>
    <message>
        <source>Reprint label</source>
        <translation>Etikett nachdrucken</translation>
    </message>
    <message>
        <source>There is no printer here.</source>
        <translation>Hier ist kein Drucker.</translation>
    </message>
    <message>
        <source>Missing: a reason for copy {copy}.</source>
        <translation>Es fehlt: ein Grund für Exemplar {copy}.</translation>
    </message>
    <message>
        <source>The label is on its way.</source>
        <translation>Das Etikett ist unterwegs.</translation>
    </message>
</context>
<context>
    <name>LabelWords</name>
    <message>
        <source>paper out</source>
        <translation>Papier leer</translation>
    </message>
    <message>
        <source>ribbon out</source>
        <translation>Farbband leer</translation>
    </message>
    <message>
        <source>head open</source>
        <translation>Druckkopf offen</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>pausiert</translation>
    </message>
    <message>
        <source>buffer full</source>
        <translation>Puffer voll</translation>
    </message>
    <message>
        <source>over temperature</source>
        <translation>Übertemperatur</translation>
    </message>
    <message>
        <source>under temperature</source>
        <translation>Untertemperatur</translation>
    </message>
    <message>
        <source>memory lost</source>
        <translation>Speicher verloren</translation>
    </message>
    <message>
        <source>another resolution than registered</source>
        <translation>andere Auflösung als registriert</translation>
    </message>
    <message>
        <source>There is no printer here.</source>
        <translation>Hier ist kein Drucker.</translation>
    </message>
    <message>
        <source>answers are not understood</source>
        <translation>Antworten werden nicht verstanden</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>bereit</translation>
    </message>
    <message>
        <source>another device answers</source>
        <translation>anderes Gerät antwortet</translation>
    </message>
    <message>
        <source>does not answer</source>
        <translation>antwortet nicht</translation>
    </message>
    <message>
        <source>connecting</source>
        <translation>verbindet</translation>
    </message>
    <message>
        <source>Label: copy {copy} waits for the printer</source>
        <translation>Etikett: Exemplar {copy} wartet auf den Drucker</translation>
    </message>
    <message>
        <source>Label: copy {copy} is being printed</source>
        <translation>Etikett: Exemplar {copy} wird gedruckt</translation>
    </message>
    <message>
        <source>Label: not printed</source>
        <translation>Etikett: nicht gedruckt</translation>
    </message>
    <message>
        <source>Label: whether copy {copy} came out is NOT KNOWN</source>
        <translation>Etikett: ob Exemplar {copy} herauskam, ist NICHT BEKANNT</translation>
    </message>
    <message>
        <source>Label: copy {copy} did not come out, says {person}</source>
        <translation>Etikett: Exemplar {copy} kam nicht heraus, sagt {person}</translation>
    </message>
    <message>
        <source>Label: printed copy {copy}, says {person}</source>
        <translation>Etikett: Exemplar {copy} gedruckt, sagt {person}</translation>
    </message>
    <message>
        <source>Label: printed copy {copy}</source>
        <translation>Etikett: Exemplar {copy} gedruckt</translation>
    </message>
    <message>
        <source> (reprint: {reason})</source>
        <translation> (Nachdruck: {reason})</translation>
    </message>
</context>
<context>
    <name>LiveBand</name>
    <message>
        <source>no batch in execution</source>
        <translation>keine laufende Charge</translation>
    </message>
</context>
<context>
    <name>LockCover</name>
    <message>
        <source>Unlock</source>
        <translation>Entsperren</translation>
    </message>
    <message>
        <source>Other person</source>
        <translation>Andere Person</translation>
    </message>
    <message>
        <source>Locked by {name}. The page stays readable; nothing can be entered.</source>
        <translation>Gesperrt von {name}. Die Seite bleibt lesbar; Eingaben sind gesperrt.</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Unlock: {name}</source>
        <translation>Entsperren: {name}</translation>
    </message>
    <message>
        <source>Other person signs in</source>
        <translation>Andere Person meldet sich an</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>Anmelden</translation>
    </message>
</context>
<context>
    <name>LotScan</name>
    <message>
        <source>Lot number</source>
        <translation>Losnummer</translation>
    </message>
    <message>
        <source>Scan the lot of {material}.</source>
        <translation>Los scannen: {material}.</translation>
    </message>
    <message>
        <source>Read from the GS1 code.</source>
        <translation>Aus dem GS1-Code gelesen.</translation>
    </message>
</context>
<context>
    <name>LotWords</name>
    <message>
        <source>Quarantine</source>
        <translation>Quarantäne</translation>
    </message>
    <message>
        <source>On hold</source>
        <translation>Gesperrt</translation>
    </message>
    <message>
        <source>Released</source>
        <translation>Freigegeben</translation>
    </message>
    <message>
        <source>Rejected</source>
        <translation>Abgelehnt</translation>
    </message>
    <message>
        <source>Voided</source>
        <translation>Storniert</translation>
    </message>
    <message>
        <source>Expired</source>
        <translation>Abgelaufen</translation>
    </message>
    <message>
        <source>Retest due</source>
        <translation>Wiederholprüfung fällig</translation>
    </message>
    <message>
        <source>received</source>
        <translation>eingegangen</translation>
    </message>
    <message>
        <source>issued</source>
        <translation>ausgegeben</translation>
    </message>
    <message>
        <source>used</source>
        <translation>verbraucht</translation>
    </message>
    <message>
        <source>returned</source>
        <translation>zurückgegeben</translation>
    </message>
    <message>
        <source>waste</source>
        <translation>Abfall</translation>
    </message>
    <message>
        <source>sampled</source>
        <translation>bemustert</translation>
    </message>
    <message>
        <source>adjusted</source>
        <translation>berichtigt</translation>
    </message>
</context>
<context>
    <name>MaterialsPage</name>
    <message>
        <source>Status</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>Movements</source>
        <translation>Bewegungen</translation>
    </message>
    <message>
        <source>Genealogy</source>
        <translation>Herkunft und Verbleib</translation>
    </message>
    <message>
        <source>Lot</source>
        <translation>Los</translation>
    </message>
    <message>
        <source>Material</source>
        <translation>Material</translation>
    </message>
    <message>
        <source>Expiry</source>
        <translation>Verfall</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>Rest</translation>
    </message>
    <message>
        <source>Lots</source>
        <translation>Lose</translation>
    </message>
    <message>
        <source>Audit trail</source>
        <translation>Audit-Trail</translation>
    </message>
    <message>
        <source>File certificate</source>
        <translation>Zertifikat ablegen</translation>
    </message>
    <message>
        <source>Enter analysis</source>
        <translation>Analyse eintragen</translation>
    </message>
    <message>
        <source>Release lot</source>
        <translation>Los freigeben</translation>
    </message>
    <message>
        <source>Put on hold</source>
        <translation>Sperren</translation>
    </message>
    <message>
        <source>Resume lot</source>
        <translation>Sperre aufheben</translation>
    </message>
    <message>
        <source>Reject lot</source>
        <translation>Los ablehnen</translation>
    </message>
    <message>
        <source>Extend retest date</source>
        <translation>Nachprüfung verschieben</translation>
    </message>
    <message>
        <source>Reserve for a batch</source>
        <translation>Für eine Charge reservieren</translation>
    </message>
    <message>
        <source>Free reservation</source>
        <translation>Reservierung aufheben</translation>
    </message>
    <message>
        <source>Void lot</source>
        <translation>Los stornieren</translation>
    </message>
    <message>
        <source>No lot is received here.</source>
        <translation>Hier ist kein Los eingegangen.</translation>
    </message>
    <message>
        <source>{lot}, {material}: {status}</source>
        <translation>{lot}, {material}: {status}</translation>
    </message>
    <message>
        <source>Received {quantity} {unit} under {number}, left {remaining} {unit}</source>
        <translation>Eingegangen {quantity} {unit} unter {number}, Rest {remaining} {unit}</translation>
    </message>
    <message>
        <source>Expiry {expiry}, retest {retest}</source>
        <translation>Verfall {expiry}, Wiederholprüfung {retest}</translation>
    </message>
    <message>
        <source>Certificate: {name}</source>
        <translation>Zertifikat: {name}</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keines</translation>
    </message>
    <message>
        <source>On hold by {person}: {reason}</source>
        <translation>Gesperrt von {person}: {reason}</translation>
    </message>
    <message>
        <source>Reserved for batch {batch}</source>
        <translation>Reserviert für Charge {batch}</translation>
    </message>
    <message>
        <source>Product of batch {batch}</source>
        <translation>Produkt der Charge {batch}</translation>
    </message>
    <message>
        <source>Potency {potency} %, moisture {moisture} %, entered by {person}, checked by {checker}</source>
        <translation>Gehalt {potency} %, Feuchte {moisture} %, eingetragen von {person}, geprüft von {checker}</translation>
    </message>
    <message>
        <source>Container {number}: {remaining} of {quantity} {unit}, tare {tare}</source>
        <translation>Gebinde {number}: {remaining} von {quantity} {unit}, Tara {tare}</translation>
    </message>
    <message>
        <source>{time}  {what}: {quantity} {unit}, container {number}, then left {remaining}</source>
        <translation>{time}  {what}: {quantity} {unit}, Gebinde {number}, danach Rest {remaining}</translation>
    </message>
    <message>
        <source>Where it went</source>
        <translation>Wohin es ging</translation>
    </message>
    <message>
        <source>Where it came from</source>
        <translation>Woher es kam</translation>
    </message>
    <message>
        <source>{lot} into batch {batch} ({product}, {state}): {issued} g issued, {returned} g returned</source>
        <translation>{lot} in Charge {batch} ({product}, {state}): {issued} g ausgegeben, {returned} g zurückgegeben</translation>
    </message>
    <message>
        <source>Product lots: {lots}</source>
        <translation>Produktlose: {lots}</translation>
    </message>
    <message>
        <source>No batch.</source>
        <translation>Keine Charge.</translation>
    </message>
    <message>
        <source>{lot}: {received} g received, {out} g to batches, {lost} g samples and waste, {left} g left</source>
        <translation>{lot}: {received} g eingegangen, {out} g an Chargen, {lost} g Muster und Abfall, {left} g Rest</translation>
    </message>
    <message>
        <source>balanced</source>
        <translation>ausgeglichen</translation>
    </message>
    <message>
        <source>not balanced for what you see</source>
        <translation>nicht ausgeglichen nach dem, was Sie sehen</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>Name the PDF. A certificate that is empty, encrypted or unreadable is refused; the lot stays in quarantine.</source>
        <translation>Nennen Sie die PDF-Datei. Ein leeres, verschlüsseltes oder unlesbares Zertifikat wird abgewiesen; das Los bleibt in Quarantäne.</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Enter what the certificate states. Another person checks it before the lot is released.</source>
        <translation>Tragen Sie ein, was das Zertifikat angibt. Eine andere Person prüft es vor der Freigabe des Loses.</translation>
    </message>
    <message>
        <source>Potency (%)</source>
        <translation>Gehalt (%)</translation>
    </message>
    <message>
        <source>Moisture (%)</source>
        <translation>Feuchte (%)</translation>
    </message>
    <message>
        <source>Nobody takes of it from now on. Another person resumes it.</source>
        <translation>Ab jetzt nimmt niemand davon. Eine andere Person hebt die Sperre auf.</translation>
    </message>
    <message>
        <source>A rejected lot stays rejected.</source>
        <translation>Ein abgelehntes Los bleibt abgelehnt.</translation>
    </message>
    <message>
        <source>Write what was found and sign. The lot stands as before.</source>
        <translation>Schreiben Sie den Befund und unterschreiben Sie. Das Los steht wie zuvor.</translation>
    </message>
    <message>
        <source>Finding</source>
        <translation>Befund</translation>
    </message>
    <message>
        <source>The lot may be used until this day, as far as its expiry allows.</source>
        <translation>Das Los darf bis zu diesem Tag verwendet werden, soweit sein Verfall es erlaubt.</translation>
    </message>
    <message>
        <source>Retest date (YYYY-MM-DD)</source>
        <translation>Wiederholprüfung (JJJJ-MM-TT)</translation>
    </message>
    <message>
        <source>No other batch takes of it.</source>
        <translation>Keine andere Charge nimmt davon.</translation>
    </message>
    <message>
        <source>Batch number</source>
        <translation>Chargennummer</translation>
    </message>
    <message>
        <source>Every batch may take of it.</source>
        <translation>Jede Charge darf davon nehmen.</translation>
    </message>
    <message>
        <source>Only what was opened in error and never used is voided. Its number stays taken.</source>
        <translation>Storniert wird nur, was irrtümlich angelegt und nie verwendet wurde. Die Nummer bleibt vergeben.</translation>
    </message>
</context>
<context>
    <name>MoreSheet</name>
    <message>
        <source>More</source>
        <translation>Mehr</translation>
    </message>
    <message>
        <source>About</source>
        <translation>Über</translation>
    </message>
    <message>
        <source>Change my password</source>
        <translation>Mein Passwort ändern</translation>
    </message>
    <message>
        <source>Emergency access</source>
        <translation>Notzugang</translation>
    </message>
    <message>
        <source>End emergency access</source>
        <translation>Notzugang beenden</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>Navigation</name>
    <message>
        <source>More</source>
        <translation>Mehr</translation>
    </message>
    <message>
        <source>Sign out</source>
        <translation>Abmelden</translation>
    </message>
    <message>
        <source>Simulator</source>
        <translation>Simulator</translation>
    </message>
</context>
<context>
    <name>NewPasswordSheet</name>
    <message>
        <source>New password</source>
        <translation>Neues Passwort</translation>
    </message>
    <message>
        <source>Change password</source>
        <translation>Passwort ändern</translation>
    </message>
    <message>
        <source>Choose words that nobody guesses: not your name or id, not a word alone, not the old one with a change. Only you know it.</source>
        <translation>Wählen Sie Worte, die niemand errät: nicht Name oder Nummer, kein einzelnes Wort, nicht das alte abgewandelt. Nur Sie kennen es.</translation>
    </message>
    <message>
        <source>Password until now</source>
        <translation>Bisheriges Passwort</translation>
    </message>
    <message>
        <source>New password again</source>
        <translation>Neues Passwort noch einmal</translation>
    </message>
    <message>
        <source>Missing: both passwords.</source>
        <translation>Es fehlen: beide Passwörter.</translation>
    </message>
    <message>
        <source>The new password was typed in two ways.</source>
        <translation>Das neue Passwort wurde verschieden getippt.</translation>
    </message>
</context>
<context>
    <name>Notice</name>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>OverviewPage</name>
    <message>
        <source>Batch</source>
        <translation>Charge</translation>
    </message>
    <message>
        <source>Product</source>
        <translation>Produkt</translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>Rezeptur</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>Batches</source>
        <translation>Chargen</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>Waage</translation>
    </message>
    <message>
        <source>Create batch</source>
        <translation>Charge anlegen</translation>
    </message>
    <message>
        <source>Waits for signature: {count}</source>
        <translation>Zu unterschreiben: {count}</translation>
    </message>
    <message>
        <source>Open batch</source>
        <translation>Charge öffnen</translation>
    </message>
    <message>
        <source>Acknowledge alarm</source>
        <translation>Alarm quittieren</translation>
    </message>
    <message>
        <source>Say what it was, or what is done about it. It stands in the alarm log with your name and role.</source>
        <translation>Sagen Sie, was es war oder was dagegen getan wird. Es steht im Alarmprotokoll mit Ihrem Namen und Ihrer Rolle.</translation>
    </message>
    <message>
        <source>Acknowledge</source>
        <translation>Quittieren</translation>
    </message>
    <message>
        <source>Open alarms</source>
        <translation>Offene Alarme</translation>
    </message>
    <message>
        <source>idle</source>
        <translation>im Leerlauf</translation>
    </message>
    <message>
        <source>no batch in execution</source>
        <translation>keine laufende Charge</translation>
    </message>
    <message>
        <source>Choose a batch.</source>
        <translation>Charge wählen.</translation>
    </message>
</context>
<context>
    <name>PanSketch</name>
    <message>
        <source>front</source>
        <translation>vorne</translation>
    </message>
</context>
<context>
    <name>PeoplePage</name>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>Rolle</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>Konto</translation>
    </message>
    <message>
        <source>People</source>
        <translation>Personen</translation>
    </message>
    <message>
        <source>Roles</source>
        <translation>Rollen</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Audit trail</source>
        <translation>Audit Trail</translation>
    </message>
    <message>
        <source>Identity check</source>
        <translation>Identitätsprüfung</translation>
    </message>
    <message>
        <source>First password</source>
        <translation>Erstpasswort</translation>
    </message>
    <message>
        <source>Unlock</source>
        <translation>Entsperren</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>Kennung</translation>
    </message>
    <message>
        <source>New account</source>
        <translation>Neues Konto</translation>
    </message>
    <message>
        <source>Reviews</source>
        <translation>Prüfungen</translation>
    </message>
    <message>
        <source>Registers</source>
        <translation>Register</translation>
    </message>
    <message>
        <source>Change account</source>
        <translation>Konto ändern</translation>
    </message>
    <message>
        <source>Make deputy</source>
        <translation>Vertreten lassen</translation>
    </message>
    <message>
        <source>Issue badge</source>
        <translation>Ausweis ausgeben</translation>
    </message>
    <message>
        <source>Reset password</source>
        <translation>Passwort zurücksetzen</translation>
    </message>
    <message>
        <source>Enable</source>
        <translation>Freigeben</translation>
    </message>
    <message>
        <source>Revoke badge</source>
        <translation>Ausweis einziehen</translation>
    </message>
    <message>
        <source>Disable now</source>
        <translation>Sofort stilllegen</translation>
    </message>
    <message>
        <source>Line: {line}</source>
        <translation>Linie: {line}</translation>
    </message>
    <message>
        <source>all lines</source>
        <translation>alle Linien</translation>
    </message>
    <message>
        <source>Last sign-in: {time}</source>
        <translation>Letzte Anmeldung: {time}</translation>
    </message>
    <message>
        <source>never</source>
        <translation>nie</translation>
    </message>
    <message>
        <source>Access until {day}</source>
        <translation>Zugang bis {day}</translation>
    </message>
    <message>
        <source>Emergency access is in use</source>
        <translation>Notzugang ist in Gebrauch</translation>
    </message>
    <message>
        <source>{deputy} stands in until {day}</source>
        <translation>{deputy} vertritt bis {day}</translation>
    </message>
    <message>
        <source>Badge {badge} in use</source>
        <translation>Ausweis {badge} in Gebrauch</translation>
    </message>
    <message>
        <source>Account: {standing}</source>
        <translation>Konto: {standing}</translation>
    </message>
    <message>
        <source>Deputy of {person} ({role}), {first} to {last}</source>
        <translation>Vertritt {person} ({role}), {first} bis {last}</translation>
    </message>
    <message>
        <source>active</source>
        <translation>aktiv</translation>
    </message>
    <message>
        <source>locked</source>
        <translation>gesperrt</translation>
    </message>
    <message>
        <source>disabled</source>
        <translation>stillgelegt</translation>
    </message>
    <message>
        <source>identity check due</source>
        <translation>Identitätsprüfung fällig</translation>
    </message>
    <message>
        <source>first password due</source>
        <translation>Erstpasswort fällig</translation>
    </message>
    <message>
        <source>first sign-in due</source>
        <translation>erste Anmeldung fällig</translation>
    </message>
    <message>
        <source>not begun</source>
        <translation>noch nicht begonnen</translation>
    </message>
    <message>
        <source>Name, as signatures print it</source>
        <translation>Name, wie Signaturen ihn drucken</translation>
    </message>
    <message>
        <source>Line, or * for all</source>
        <translation>Linie, oder * für alle</translation>
    </message>
    <message>
        <source>First day (YYYY-MM-DD)</source>
        <translation>Erster Tag (JJJJ-MM-TT)</translation>
    </message>
    <message>
        <source>Last day (YYYY-MM-DD)</source>
        <translation>Letzter Tag (JJJJ-MM-TT)</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>A date is written YYYY-MM-DD.</source>
        <translation>Ein Datum schreibt man JJJJ-MM-TT.</translation>
    </message>
    <message>
        <source>There is no account of this employee id.</source>
        <translation>Es gibt kein Konto mit dieser Personalnummer.</translation>
    </message>
    <message>
        <source>Employee id, never used before</source>
        <translation>Personalnummer, nie zuvor benutzt</translation>
    </message>
    <message>
        <source>An account comes into being when another person approves it. Then identity check, first password, own password.</source>
        <translation>Ein Konto entsteht, wenn eine andere Person es genehmigt. Dann Identitätsprüfung, Erstpasswort, eigenes Passwort.</translation>
    </message>
    <message>
        <source>Ask for it</source>
        <translation>Beantragen</translation>
    </message>
    <message>
        <source>The account changes when another person approves it; its person then signs in anew.</source>
        <translation>Das Konto ändert sich, wenn eine andere Person es genehmigt; dann meldet sich die Person neu an.</translation>
    </message>
    <message>
        <source>The password is void once another person approves it. A first password is given out then.</source>
        <translation>Das Passwort ist ungültig, sobald eine andere Person es genehmigt. Dann wird ein Erstpasswort ausgegeben.</translation>
    </message>
    <message>
        <source>The account may be used again once another person approves it, with a new first password.</source>
        <translation>Das Konto ist wieder benutzbar, sobald eine andere Person es genehmigt, mit einem neuen Erstpasswort.</translation>
    </message>
    <message>
        <source>The account is disabled at once, and its sessions end. Another person reviews it after.</source>
        <translation>Das Konto wird sofort stillgelegt, seine Sitzungen enden. Eine andere Person prüft es danach.</translation>
    </message>
    <message>
        <source>The badge is void at once. A new one follows another identity check.</source>
        <translation>Der Ausweis ist sofort ungültig. Ein neuer folgt auf eine weitere Identitätsprüfung.</translation>
    </message>
    <message>
        <source>By what the person was recognised</source>
        <translation>Woran die Person erkannt wurde</translation>
    </message>
    <message>
        <source>Check who it is before a witness. The witness then approves at this station.</source>
        <translation>Prüfen Sie vor einem Zeugen, wer es ist. Der Zeuge genehmigt dann an dieser Station.</translation>
    </message>
    <message>
        <source>Unlock {person}</source>
        <translation>Entsperren: {person}</translation>
    </message>
    <message>
        <source>Stands in for (employee id)</source>
        <translation>Vertritt (Personalnummer)</translation>
    </message>
    <message>
        <source>Once another person approves it, this person holds the absent person&apos;s role too, from the first day to the last; it ends by itself. What different people hold is refused.</source>
        <translation>Sobald eine andere Person es genehmigt, hat diese Person auch die Rolle der abwesenden, vom ersten bis zum letzten Tag; es endet von selbst. Was verschiedene Personen haben müssen, wird abgelehnt.</translation>
    </message>
    <message>
        <source>Deputy: {person}</source>
        <translation>Vertretung: {person}</translation>
    </message>
    <message>
        <source>Number of the badge</source>
        <translation>Nummer des Ausweises</translation>
    </message>
    <message>
        <source>Identity checked {time} by: {how}.</source>
        <translation>Identität geprüft {time} anhand von: {how}.</translation>
    </message>
    <message>
        <source>Read the badge, or type its number. The station keeps a digest of it. A badge only fills in the employee id.</source>
        <translation>Lesen Sie den Ausweis, oder tippen Sie seine Nummer. Die Station behält einen Hashwert davon. Ein Ausweis füllt nur die Personalnummer aus.</translation>
    </message>
    <message>
        <source>Badge for {person}</source>
        <translation>Ausweis für {person}</translation>
    </message>
    <message>
        <source>Scan of the identity document</source>
        <translation>Scan des Ausweisdokuments</translation>
    </message>
    <message>
        <source>The document {name} is kept with the record by its hash.</source>
        <translation>Das Dokument {name} wird mit dem Datensatz nach seinem Hash aufbewahrt.</translation>
    </message>
    <message>
        <source>Sign the check</source>
        <translation>Prüfung signieren</translation>
    </message>
    <message>
        <source>Done.</source>
        <translation>Erledigt.</translation>
    </message>
</context>
<context>
    <name>QualityBadge</name>
    <message>
        <source>stable</source>
        <translation>stabil</translation>
    </message>
    <message>
        <source>moving</source>
        <translation>in Bewegung</translation>
    </message>
    <message>
        <source>another device answers</source>
        <translation>anderes Gerät antwortet</translation>
    </message>
    <message>
        <source>connection lost</source>
        <translation>Verbindung verloren</translation>
    </message>
    <message>
        <source>connecting</source>
        <translation>verbindet</translation>
    </message>
    <message>
        <source>stale, {seconds} s old</source>
        <translation>veraltet, {seconds} s alt</translation>
    </message>
    <message>
        <source>overload</source>
        <translation>Überlast</translation>
    </message>
    <message>
        <source>underload</source>
        <translation>Unterlast</translation>
    </message>
    <message>
        <source>busy</source>
        <translation>beschäftigt</translation>
    </message>
    <message>
        <source>frame not understood</source>
        <translation>Telegramm unverständlich</translation>
    </message>
    <message>
        <source>wrong unit</source>
        <translation>falsche Einheit</translation>
    </message>
    <message>
        <source>no answer</source>
        <translation>keine Antwort</translation>
    </message>
    <message>
        <source>not good</source>
        <translation>nicht gut</translation>
    </message>
</context>
<context>
    <name>QueuePage</name>
    <message>
        <source>Waits since</source>
        <translation>Wartet seit</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>Datensatz</translation>
    </message>
    <message>
        <source>Records that wait for your signature</source>
        <translation>Datensätze, die auf Ihre Unterschrift warten</translation>
    </message>
    <message>
        <source>Back to overview</source>
        <translation>Zur Übersicht</translation>
    </message>
    <message>
        <source>Read statement</source>
        <translation>Erklärung lesen</translation>
    </message>
    <message>
        <source>Review and sign</source>
        <translation>Prüfen und unterschreiben</translation>
    </message>
    <message>
        <source>Waits for your signature</source>
        <translation>Wartet auf Ihre Unterschrift</translation>
    </message>
    <message>
        <source>You have not accepted the accountability statement yet. Read it and accept it by signature; then you can sign.</source>
        <translation>Sie haben die Verantwortungserklärung noch nicht angenommen. Lesen Sie sie und nehmen Sie sie durch Unterschrift an; dann können Sie unterschreiben.</translation>
    </message>
    <message>
        <source>Nothing waits for your signature.</source>
        <translation>Nichts wartet auf Ihre Unterschrift.</translation>
    </message>
    <message>
        <source>The first signature asks for employee ID and password, those that follow on this page for the password.</source>
        <translation>Die erste Unterschrift fragt nach Personalnummer und Passwort, die folgenden auf dieser Seite nach dem Passwort.</translation>
    </message>
    <message>
        <source>Each signature asks for employee ID and password.</source>
        <translation>Jede Unterschrift fragt nach Personalnummer und Passwort.</translation>
    </message>
    <message>
        <source>Accept the accountability statement first.</source>
        <translation>Nehmen Sie zuerst die Verantwortungserklärung an.</translation>
    </message>
    <message>
        <source>Choose a record.</source>
        <translation>Wählen Sie einen Datensatz.</translation>
    </message>
    <message>
        <source>Signed.</source>
        <translation>Unterschrieben.</translation>
    </message>
</context>
<context>
    <name>ReadOnlyLine</name>
    <message>
        <source>Read-only: nothing can be recorded.</source>
        <translation>Schreibgeschützt: aufgezeichnet wird nichts.</translation>
    </message>
</context>
<context>
    <name>ReasonSheet</name>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>Missing: a reason of at least {count} characters.</source>
        <translation>Es fehlt: ein Grund mit mindestens {count} Zeichen.</translation>
    </message>
</context>
<context>
    <name>RecordCard</name>
    <message>
        <source>Record hash  {hash}</source>
        <translation>Datensatz-Hash  {hash}</translation>
    </message>
</context>
<context>
    <name>RecordThenSheet</name>
    <message>
        <source>{kind} {id} as it was after event {seq}</source>
        <translation>{kind} {id}, wie er nach Ereignis {seq} stand</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>{count} fields, {changed} changed since their entry</source>
        <translation>{count} Felder, {changed} seit der Eingabe geändert</translation>
    </message>
    <message>
        <source>No row was written by then.</source>
        <translation>Bis dahin war keine Zeile geschrieben.</translation>
    </message>
    <message>
        <source>changed {count} times, last by event {seq}</source>
        <translation>{count}-mal geändert, zuletzt durch Ereignis {seq}</translation>
    </message>
    <message>
        <source>entered by event {seq}</source>
        <translation>eingegeben durch Ereignis {seq}</translation>
    </message>
</context>
<context>
    <name>RegistersPage</name>
    <message>
        <source>Deputies</source>
        <translation>Vertretungen</translation>
    </message>
    <message>
        <source>Badges</source>
        <translation>Ausweise</translation>
    </message>
    <message>
        <source>Tests of readers</source>
        <translation>Tests der Leser</translation>
    </message>
    <message>
        <source>Letters</source>
        <translation>Schreiben</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>Back to people</source>
        <translation>Zurück zu Personen</translation>
    </message>
    <message>
        <source>Audit trail</source>
        <translation>Audit-Trail</translation>
    </message>
    <message>
        <source>Record test</source>
        <translation>Test eintragen</translation>
    </message>
    <message>
        <source>Record letter</source>
        <translation>Schreiben eintragen</translation>
    </message>
    <message>
        <source>Registers</source>
        <translation>Register</translation>
    </message>
    <message>
        <source>Deputy</source>
        <translation>Vertretung</translation>
    </message>
    <message>
        <source>Stands in for</source>
        <translation>Vertritt</translation>
    </message>
    <message>
        <source>Last day</source>
        <translation>Letzter Tag</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Stand</translation>
    </message>
    <message>
        <source>Badge</source>
        <translation>Ausweis</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>Person</translation>
    </message>
    <message>
        <source>Issued</source>
        <translation>Ausgegeben</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>in Gebrauch</translation>
    </message>
    <message>
        <source>revoked</source>
        <translation>eingezogen</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Tested</source>
        <translation>Getestet</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>passed</source>
        <translation>bestanden</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>nicht bestanden</translation>
    </message>
    <message>
        <source>Next due</source>
        <translation>Wieder fällig</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>Dated</source>
        <translation>Datum</translation>
    </message>
    <message>
        <source>Document</source>
        <translation>Dokument</translation>
    </message>
    <message>
        <source>Recorded by</source>
        <translation>Eingetragen von</translation>
    </message>
    <message>
        <source>Nobody was a deputy yet. A deputy is asked for on the page of people.</source>
        <translation>Es gab noch keine Vertretung. Sie wird auf der Seite der Personen beantragt.</translation>
    </message>
    <message>
        <source>No badge was given out yet. A badge is asked for on the page of people, after an identity check of its own.</source>
        <translation>Es wurde noch kein Ausweis ausgegeben. Er wird auf der Seite der Personen beantragt, nach einer eigenen Identitätsprüfung.</translation>
    </message>
    <message>
        <source>No reader was tested yet.</source>
        <translation>Es wurde noch kein Leser getestet.</translation>
    </message>
    <message>
        <source>No letter is recorded. The agency is told once that signatures here are binding, and again when it asks.</source>
        <translation>Es ist kein Schreiben eingetragen. Der Behörde wird einmal mitgeteilt, dass Unterschriften hier verbindlich sind, und wieder, wenn sie fragt.</translation>
    </message>
    <message>
        <source>now</source>
        <translation>jetzt</translation>
    </message>
    <message>
        <source>to come</source>
        <translation>kommt noch</translation>
    </message>
    <message>
        <source>over</source>
        <translation>vorbei</translation>
    </message>
    <message>
        <source>OVERDUE {day}</source>
        <translation>ÜBERFÄLLIG {day}</translation>
    </message>
    <message>
        <source>letter</source>
        <translation>Schreiben</translation>
    </message>
    <message>
        <source>later certification</source>
        <translation>spätere Bestätigung</translation>
    </message>
    <message>
        <source>{deputy} holds the role {role} for {person}, {first} to {last}, by request {request}: {reason}</source>
        <translation>{deputy} hat die Rolle {role} für {person}, {first} bis {last}, nach Antrag {request}: {reason}</translation>
    </message>
    <message>
        <source>Issued {time} to {person}. Revoked: {revoked}. The badge only fills in the employee id.</source>
        <translation>Ausgegeben {time} an {person}. Eingezogen: {revoked}. Der Ausweis füllt nur die Personalnummer aus.</translation>
    </message>
    <message>
        <source>Badge reader</source>
        <translation>Ausweisleser</translation>
    </message>
    <message>
        <source>Second factor</source>
        <translation>Zweiter Faktor</translation>
    </message>
    <message>
        <source>{kind} {device}, by procedure {procedure}, tested {time} by {person}.</source>
        <translation>{kind} {device}, nach Vorschrift {procedure}, getestet {time} von {person}.</translation>
    </message>
    <message>
        <source>Recorded {time} by {person}. Document {name}, hash {hash}.</source>
        <translation>Eingetragen {time} von {person}. Dokument {name}, Hash {hash}.</translation>
    </message>
    <message>
        <source>A date is written YYYY-MM-DD.</source>
        <translation>Ein Datum schreibt man JJJJ-MM-TT.</translation>
    </message>
    <message>
        <source>What was tested</source>
        <translation>Was getestet wurde</translation>
    </message>
    <message>
        <source>Device, as it is marked</source>
        <translation>Gerät, wie es gekennzeichnet ist</translation>
    </message>
    <message>
        <source>Procedure (number and version)</source>
        <translation>Vorschrift (Nummer und Version)</translation>
    </message>
    <message>
        <source>Next due (YYYY-MM-DD)</source>
        <translation>Wieder fällig (JJJJ-MM-TT)</translation>
    </message>
    <message>
        <source>Readers and second factors are tested by their procedure before they are used, and again at each date that is set here.</source>
        <translation>Leser und zweite Faktoren werden nach ihrer Vorschrift getestet, bevor sie benutzt werden, und wieder zu jedem Datum, das hier steht.</translation>
    </message>
    <message>
        <source>Sign the test</source>
        <translation>Test unterschreiben</translation>
    </message>
    <message>
        <source>Scan of the letter</source>
        <translation>Scan des Schreibens</translation>
    </message>
    <message>
        <source>Date of the letter (YYYY-MM-DD)</source>
        <translation>Datum des Schreibens (JJJJ-MM-TT)</translation>
    </message>
    <message>
        <source>The letter tells the agency that electronic signatures here are binding like those by hand; a later certification is one that the agency asked for. The document {name} is kept with the record by its hash.</source>
        <translation>Das Schreiben teilt der Behörde mit, dass elektronische Unterschriften hier so verbindlich sind wie handschriftliche; eine spätere Bestätigung ist eine, um die die Behörde gebeten hat. Das Dokument {name} wird mit seinem Hash beim Eintrag aufbewahrt.</translation>
    </message>
    <message>
        <source>Sign the record</source>
        <translation>Eintrag unterschreiben</translation>
    </message>
    <message>
        <source>Recorded.</source>
        <translation>Eingetragen.</translation>
    </message>
</context>
<context>
    <name>ReleasePage</name>
    <message>
        <source>Production review</source>
        <translation>Prüfung der Produktion</translation>
    </message>
    <message>
        <source>First signature</source>
        <translation>Erste Unterschrift</translation>
    </message>
    <message>
        <source>Second signature</source>
        <translation>Zweite Unterschrift</translation>
    </message>
    <message>
        <source>Reject batch</source>
        <translation>Charge zurückweisen</translation>
    </message>
    <message>
        <source>Audit trail</source>
        <translation>Audit-Trail</translation>
    </message>
    <message>
        <source>Release</source>
        <translation>Freigeben</translation>
    </message>
    <message>
        <source>Certify</source>
        <translation>Zertifizieren</translation>
    </message>
    <message>
        <source>Exceptions</source>
        <translation>Abweichungen</translation>
    </message>
    <message>
        <source>Available</source>
        <translation>Verfügbar</translation>
    </message>
    <message>
        <source>Signatures</source>
        <translation>Unterschriften</translation>
    </message>
    <message>
        <source>of {quantity} produced</source>
        <translation>von {quantity} hergestellt</translation>
    </message>
    <message>
        <source>{quantity} produced; available when both signatures stand</source>
        <translation>{quantity} hergestellt; verfügbar, wenn beide Unterschriften stehen</translation>
    </message>
    <message>
        <source>Reject batch {batch}</source>
        <translation>Charge {batch} zurückweisen</translation>
    </message>
    <message>
        <source>The whole batch is lost for sale. This is final.</source>
        <translation>Die ganze Charge ist für den Verkauf verloren. Das ist endgültig.</translation>
    </message>
</context>
<context>
    <name>ReviewPage</name>
    <message>
        <source>Events to look at</source>
        <translation>Anzusehende Ereignisse</translation>
    </message>
    <message>
        <source>Looked at</source>
        <translation>Angesehen</translation>
    </message>
    <message>
        <source>looked at</source>
        <translation>angesehen</translation>
    </message>
    <message>
        <source>open</source>
        <translation>offen</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Warum</translation>
    </message>
    <message>
        <source>exception</source>
        <translation>Ausnahme</translation>
    </message>
    <message>
        <source>sample</source>
        <translation>Stichprobe</translation>
    </message>
    <message>
        <source>No.</source>
        <translation>Nr.</translation>
    </message>
    <message>
        <source>Time (UTC)</source>
        <translation>Zeit (UTC)</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>Wer</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>{events} events; worked on it: {people}</source>
        <translation>{events} Ereignisse; beteiligt: {people}</translation>
    </message>
    <message>
        <source>Last review up to event {seq} by {signer}; {count} events came after it.</source>
        <translation>Letzte Prüfung bis Ereignis {seq} durch {signer}; {count} Ereignisse kamen danach.</translation>
    </message>
    <message>
        <source>Last review up to event {seq} by {signer}; nothing was done to the batch since.</source>
        <translation>Letzte Prüfung bis Ereignis {seq} durch {signer}; seither wurde an der Charge nichts getan.</translation>
    </message>
    <message>
        <source>Comment</source>
        <translation>Kommentar</translation>
    </message>
    <message>
        <source>All events</source>
        <translation>Alle Ereignisse</translation>
    </message>
    <message>
        <source>Read again</source>
        <translation>Neu lesen</translation>
    </message>
    <message>
        <source>Audit trail</source>
        <translation>Audit Trail</translation>
    </message>
    <message>
        <source>Sign review</source>
        <translation>Prüfung signieren</translation>
    </message>
    <message>
        <source>picked</source>
        <translation>ausgewählt</translation>
    </message>
    <message>
        <source>The trail of this batch was not reviewed yet.</source>
        <translation>Der Trail dieser Charge wurde noch nicht geprüft.</translation>
    </message>
    <message>
        <source>{seen} of {all} looked at</source>
        <translation>{seen} von {all} angesehen</translation>
    </message>
    <message>
        <source>{count} events are not looked at.</source>
        <translation>{count} Ereignisse sind nicht angesehen.</translation>
    </message>
    <message>
        <source>Open each of them.</source>
        <translation>Jedes davon öffnen.</translation>
    </message>
    <message>
        <source>The review is signed.</source>
        <translation>Die Prüfung ist signiert.</translation>
    </message>
</context>
<context>
    <name>ReviewsPage</name>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>About</source>
        <translation>Über</translation>
    </message>
    <message>
        <source>Due</source>
        <translation>Fällig</translation>
    </message>
    <message>
        <source>Reviews due</source>
        <translation>Fällige Prüfungen</translation>
    </message>
    <message>
        <source>Back to people</source>
        <translation>Zurück zu Personen</translation>
    </message>
    <message>
        <source>Access review</source>
        <translation>Zugangsprüfung</translation>
    </message>
    <message>
        <source>Audit trail</source>
        <translation>Audit-Trail</translation>
    </message>
    <message>
        <source>Review and sign</source>
        <translation>Prüfen und unterschreiben</translation>
    </message>
    <message>
        <source>What was done</source>
        <translation>Was getan wurde</translation>
    </message>
    <message>
        <source>Nothing waits for a review.</source>
        <translation>Es wartet nichts auf eine Prüfung.</translation>
    </message>
    <message>
        <source>By {person}, {time}</source>
        <translation>Von {person}, {time}</translation>
    </message>
    <message>
        <source>Until {time}</source>
        <translation>Bis {time}</translation>
    </message>
    <message>
        <source>Reason: {reason}</source>
        <translation>Grund: {reason}</translation>
    </message>
    <message>
        <source>No date is set for this review.</source>
        <translation>Für diese Prüfung ist kein Datum gesetzt.</translation>
    </message>
    <message>
        <source>Due {time}</source>
        <translation>Fällig {time}</translation>
    </message>
    <message>
        <source>The review is OVERDUE.</source>
        <translation>Die Prüfung ist ÜBERFÄLLIG.</translation>
    </message>
    <message>
        <source>Account disabled</source>
        <translation>Konto stillgelegt</translation>
    </message>
    <message>
        <source>Emergency access</source>
        <translation>Notzugang</translation>
    </message>
    <message>
        <source>Recovery of accounts</source>
        <translation>Wiederherstellung von Konten</translation>
    </message>
    <message>
        <source>Emergency change</source>
        <translation>Notfalländerung</translation>
    </message>
    <message>
        <source>OVERDUE</source>
        <translation>ÜBERFÄLLIG</translation>
    </message>
    <message>
        <source>Sign the review</source>
        <translation>Prüfung unterschreiben</translation>
    </message>
    <message>
        <source>What was done, and whether it was right</source>
        <translation>Was getan wurde, und ob es richtig war</translation>
    </message>
    <message>
        <source>Signed.</source>
        <translation>Unterschrieben.</translation>
    </message>
</context>
<context>
    <name>RoleSheet</name>
    <message>
        <source>Change role {role}</source>
        <translation>Rolle {role} ändern</translation>
    </message>
    <message>
        <source>Ask for it</source>
        <translation>Beantragen</translation>
    </message>
    <message>
        <source>New role</source>
        <translation>Neue Rolle</translation>
    </message>
    <message>
        <source>Another person approves it, one of them from outside administration. Whoever holds the role signs in anew.</source>
        <translation>Eine andere Person genehmigt es, eine davon von außerhalb der Administration. Wer die Rolle hat, meldet sich neu an.</translation>
    </message>
    <message>
        <source>Another person from outside administration approves it. What different people hold goes into no role together.</source>
        <translation>Eine andere Person von außerhalb der Administration genehmigt sie. Was verschiedene Personen haben müssen, kommt nicht in dieselbe Rolle.</translation>
    </message>
    <message>
        <source>Name (small letters, digits, _)</source>
        <translation>Name (Kleinbuchstaben, Ziffern, _)</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>Titel</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>More: {things}.</source>
        <translation>Mehr: {things}.</translation>
    </message>
    <message>
        <source>Less: {things}.</source>
        <translation>Weniger: {things}.</translation>
    </message>
    <message>
        <source>Nothing is changed yet.</source>
        <translation>Noch ist nichts geändert.</translation>
    </message>
    <message>
        <source>Nothing is chosen yet.</source>
        <translation>Noch nichts gewählt.</translation>
    </message>
    <message>
        <source>Missing: {things}.</source>
        <translation>Es fehlt: {things}.</translation>
    </message>
</context>
<context>
    <name>RolesPage</name>
    <message>
        <source>Roles and permissions</source>
        <translation>Rollen und Rechte</translation>
    </message>
    <message>
        <source>Choose a role to see how many people hold it, and to ask for a change.</source>
        <translation>Wählen Sie eine Rolle, um zu sehen, wie viele Personen sie haben, und um eine Änderung zu beantragen.</translation>
    </message>
    <message>
        <source>Back to people</source>
        <translation>Zurück zu Personen</translation>
    </message>
    <message>
        <source>Change role</source>
        <translation>Rolle ändern</translation>
    </message>
    <message>
        <source>New role</source>
        <translation>Neue Rolle</translation>
    </message>
    <message>
        <source>Permission</source>
        <translation>Recht</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>Role (and how many people hold it)</source>
        <translation>Rolle (und wie viele Personen sie haben)</translation>
    </message>
    <message>
        <source>Choose a role.</source>
        <translation>Eine Rolle wählen.</translation>
    </message>
    <message>
        <source>{role}, version {number}: {count} permissions, held by {people} people.</source>
        <translation>{role}, Version {number}: {count} Rechte, {people} Personen.</translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>Setting</source>
        <translation>Einstellung</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Version</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>Seit</translation>
    </message>
    <message>
        <source>the beginning</source>
        <translation>dem Anfang</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Back to people</source>
        <translation>Zurück zu Personen</translation>
    </message>
    <message>
        <source>Audit trail</source>
        <translation>Audit Trail</translation>
    </message>
    <message>
        <source>Change setting</source>
        <translation>Einstellung ändern</translation>
    </message>
    <message>
        <source>Choose a setting.</source>
        <translation>Eine Einstellung wählen.</translation>
    </message>
    <message>
        <source>It is {value} now. Another person approves the new value.</source>
        <translation>Jetzt gilt {value}. Eine andere Person genehmigt den neuen Wert.</translation>
    </message>
    <message>
        <source>Ask for it</source>
        <translation>Beantragen</translation>
    </message>
    <message>
        <source>New value</source>
        <translation>Neuer Wert</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
</context>
<context>
    <name>SignInView</name>
    <message>
        <source>Sign in</source>
        <translation>Anmelden</translation>
    </message>
    <message>
        <source>Every action is recorded under the name of the person who is signed in.</source>
        <translation>Jede Handlung wird unter dem Namen der angemeldeten Person aufgezeichnet.</translation>
    </message>
</context>
<context>
    <name>SignatureBlock</name>
    <message>
        <source>not signed yet</source>
        <translation>noch nicht unterschrieben</translation>
    </message>
    <message>
        <source>authorship</source>
        <translation>erstellt</translation>
    </message>
    <message>
        <source>performed</source>
        <translation>durchgeführt</translation>
    </message>
    <message>
        <source>verified</source>
        <translation>verifiziert</translation>
    </message>
    <message>
        <source>reviewed</source>
        <translation>geprüft</translation>
    </message>
    <message>
        <source>approved</source>
        <translation>genehmigt</translation>
    </message>
    <message>
        <source>responsible</source>
        <translation>verantwortlich</translation>
    </message>
    <message>
        <source>released</source>
        <translation>freigegeben</translation>
    </message>
    <message>
        <source>certified</source>
        <translation>zertifiziert</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>zurückgewiesen</translation>
    </message>
    <message>
        <source>voided</source>
        <translation>ungültig</translation>
    </message>
</context>
<context>
    <name>SignatureSheet</name>
    <message>
        <source>Sign</source>
        <translation>Unterschreiben</translation>
    </message>
    <message>
        <source>Second person signs</source>
        <translation>Zweite Person unterschreibt</translation>
    </message>
    <message>
        <source>Electronic signature</source>
        <translation>Elektronische Unterschrift</translation>
    </message>
    <message>
        <source>Accept before the first signature</source>
        <translation>Vor der ersten Unterschrift annehmen</translation>
    </message>
    <message>
        <source>Accept and sign</source>
        <translation>Annehmen und unterschreiben</translation>
    </message>
    <message>
        <source>Employee ID</source>
        <translation>Personalnummer</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>Passwort</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>Meaning of this signature (the action asks for: {meaning})</source>
        <translation>Bedeutung der Unterschrift (verlangt ist: {meaning})</translation>
    </message>
    <message>
        <source>Name, meaning and UTC time are bound to this record.</source>
        <translation>Name, Bedeutung und UTC-Zeit werden an diesen Datensatz gebunden.</translation>
    </message>
    <message>
        <source>Another person than the first signs here, with id and password of their own.</source>
        <translation>Hier unterschreibt eine andere Person als die erste, mit eigener Personalnummer und eigenem Passwort.</translation>
    </message>
    <message>
        <source>Series of {person}: password only. It ends in {time}.</source>
        <translation>Serie von {person}: nur Passwort. Sie endet in {time}.</translation>
    </message>
    <message>
        <source>Signing …</source>
        <translation>Wird unterschrieben …</translation>
    </message>
    <message>
        <source>meaning</source>
        <translation>Bedeutung</translation>
    </message>
    <message>
        <source>employee ID</source>
        <translation>Personalnummer</translation>
    </message>
    <message>
        <source>password</source>
        <translation>Passwort</translation>
    </message>
    <message>
        <source>reason</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>Missing: {things}.</source>
        <translation>Es fehlt: {things}.</translation>
    </message>
    <message>
        <source>Authorship</source>
        <translation>Erstellung</translation>
    </message>
    <message>
        <source>Performed</source>
        <translation>Durchgeführt</translation>
    </message>
    <message>
        <source>Verified</source>
        <translation>Verifiziert</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>Prüfung</translation>
    </message>
    <message>
        <source>Approval</source>
        <translation>Genehmigung</translation>
    </message>
    <message>
        <source>Responsibility</source>
        <translation>Verantwortung</translation>
    </message>
    <message>
        <source>Release</source>
        <translation>Freigabe</translation>
    </message>
    <message>
        <source>Certification</source>
        <translation>Zertifizierung</translation>
    </message>
    <message>
        <source>Rejection</source>
        <translation>Zurückweisung</translation>
    </message>
    <message>
        <source>Void</source>
        <translation>Ungültig</translation>
    </message>
</context>
<context>
    <name>SimulatorSheet</name>
    <message>
        <source>Mass in grams, negative to take away</source>
        <translation>Masse in Gramm, negativ zum Wegnehmen</translation>
    </message>
    <message>
        <source>Simulated scale</source>
        <translation>Simulierte Waage</translation>
    </message>
    <message>
        <source>Put on</source>
        <translation>Auflegen</translation>
    </message>
    <message>
        <source>Unload</source>
        <translation>Entlasten</translation>
    </message>
    <message>
        <source>Swing 5 s</source>
        <translation>5 s schwingen</translation>
    </message>
    <message>
        <source>Pull cable</source>
        <translation>Kabel ziehen</translation>
    </message>
    <message>
        <source>Put cable back</source>
        <translation>Kabel stecken</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>SopDocumentSheet</name>
    <message>
        <source>{sop} ({title}), version {number}</source>
        <translation>{sop} ({title}), Version {number}</translation>
    </message>
    <message>
        <source>{name}, effective from {date}, SHA-256 {hash}</source>
        <translation>{name}, gültig ab {date}, SHA-256 {hash}</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Next page</source>
        <translation>Nächste Seite</translation>
    </message>
    <message>
        <source>Save a copy</source>
        <translation>Kopie speichern</translation>
    </message>
    <message>
        <source>Sign: read and understood</source>
        <translation>Signieren: gelesen und verstanden</translation>
    </message>
    <message>
        <source>This document is no plain text. Save a copy, read it, and come back here to sign.</source>
        <translation>Dieses Dokument ist kein einfacher Text. Kopie speichern, lesen und zum Signieren hierher zurückkommen.</translation>
    </message>
    <message>
        <source>Read it to its end first.</source>
        <translation>Erst bis zum Ende lesen.</translation>
    </message>
    <message>
        <source>Save a copy and read it first.</source>
        <translation>Erst eine Kopie speichern und lesen.</translation>
    </message>
    <message>
        <source>Saved as {path}.</source>
        <translation>Gespeichert als {path}.</translation>
    </message>
</context>
<context>
    <name>StateWords</name>
    <message>
        <source>planned</source>
        <translation>geplant</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>bereit</translation>
    </message>
    <message>
        <source>in execution</source>
        <translation>in Ausführung</translation>
    </message>
    <message>
        <source>in review</source>
        <translation>in Prüfung</translation>
    </message>
    <message>
        <source>released</source>
        <translation>freigegeben</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>zurückgewiesen</translation>
    </message>
    <message>
        <source>voided</source>
        <translation>ungültig</translation>
    </message>
    <message>
        <source>Operator</source>
        <translation>Bediener</translation>
    </message>
    <message>
        <source>Supervisor</source>
        <translation>Schichtleitung</translation>
    </message>
    <message>
        <source>Quality assurance</source>
        <translation>Qualitätssicherung</translation>
    </message>
    <message>
        <source>Qualified person</source>
        <translation>Sachkundige Person</translation>
    </message>
    <message>
        <source>Administrator</source>
        <translation>Administration</translation>
    </message>
    <message>
        <source>Validation</source>
        <translation>Validierung</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>Inspektion</translation>
    </message>
    <message>
        <source>trained</source>
        <translation>geschult</translation>
    </message>
    <message>
        <source>outdated</source>
        <translation>veraltet</translation>
    </message>
    <message>
        <source>expired</source>
        <translation>verfallen</translation>
    </message>
    <message>
        <source>never trained</source>
        <translation>nie geschult</translation>
    </message>
    <message>
        <source>open</source>
        <translation>offen</translation>
    </message>
    <message>
        <source>classified</source>
        <translation>eingestuft</translation>
    </message>
    <message>
        <source>investigated</source>
        <translation>untersucht</translation>
    </message>
    <message>
        <source>closed</source>
        <translation>geschlossen</translation>
    </message>
    <message>
        <source>minor</source>
        <translation>gering</translation>
    </message>
    <message>
        <source>major</source>
        <translation>schwer</translation>
    </message>
    <message>
        <source>critical</source>
        <translation>kritisch</translation>
    </message>
    <message>
        <source>idle</source>
        <translation>im Leerlauf</translation>
    </message>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>pausing</source>
        <translation>pausiert gleich</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>pausiert</translation>
    </message>
    <message>
        <source>holding</source>
        <translation>wird angehalten</translation>
    </message>
    <message>
        <source>held</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>restarting</source>
        <translation>läuft wieder an</translation>
    </message>
    <message>
        <source>stopping</source>
        <translation>wird gestoppt</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>gestoppt</translation>
    </message>
    <message>
        <source>aborting</source>
        <translation>wird abgebrochen</translation>
    </message>
    <message>
        <source>aborted</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>complete</source>
        <translation>abgeschlossen</translation>
    </message>
</context>
<context>
    <name>TopBar</name>
    <message>
        <source>DEMO</source>
        <translation>DEMO</translation>
    </message>
    <message>
        <source>Health</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>Sperren</translation>
    </message>
    <message>
        <source>no batch chosen</source>
        <translation>keine Charge gewählt</translation>
    </message>
    <message>
        <source>Nobody signed in</source>
        <translation>Niemand angemeldet</translation>
    </message>
    <message>
        <source>Locks in {seconds} s</source>
        <translation>Sperrt in {seconds} s</translation>
    </message>
</context>
<context>
    <name>TouchKeyboard</name>
    <message>
        <source>Capital letters</source>
        <translation>Großbuchstaben</translation>
    </message>
    <message>
        <source>Delete one character</source>
        <translation>Ein Zeichen löschen</translation>
    </message>
    <message>
        <source>Signs</source>
        <translation>Zeichen</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>Leerzeichen</translation>
    </message>
    <message>
        <source>Next field</source>
        <translation>Nächstes Feld</translation>
    </message>
</context>
<context>
    <name>TrainingPage</name>
    <message>
        <source>People and procedures</source>
        <translation>Personen und Anweisungen</translation>
    </message>
    <message>
        <source>Read and sign</source>
        <translation>Lesen und signieren</translation>
    </message>
    <message>
        <source>Record instruction</source>
        <translation>Unterweisung festhalten</translation>
    </message>
    <message>
        <source>My training</source>
        <translation>Meine Schulung</translation>
    </message>
    <message>
        <source>Everybody</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Who has not</source>
        <translation>Wer nicht</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>Regeln</translation>
    </message>
    <message>
        <source>Procedure</source>
        <translation>Anweisung</translation>
    </message>
    <message>
        <source>Not trained</source>
        <translation>Nicht geschult</translation>
    </message>
    <message>
        <source>Asked</source>
        <translation>Verlangt</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Stand</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>Titel</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Version</translation>
    </message>
    <message>
        <source>Trained on</source>
        <translation>Geschult auf</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>Person</translation>
    </message>
    <message>
        <source>{state} to {date}</source>
        <translation>{state} bis {date}</translation>
    </message>
    <message>
        <source>To be read and signed before you go on with what asks for it: {sops}.</source>
        <translation>Zu lesen und zu signieren, bevor Sie mit dem weitermachen, was es verlangt: {sops}.</translation>
    </message>
    <message>
        <source>Nothing is to be read.</source>
        <translation>Nichts ist zu lesen.</translation>
    </message>
    <message>
        <source>People by the procedures that their work asks for: {open} of {all} are not trained.</source>
        <translation>Personen nach den Anweisungen, die ihre Arbeit verlangt: {open} von {all} sind nicht geschult.</translation>
    </message>
    <message>
        <source>Actions, and signatures by their meaning, that wait for training. Each change is approved by a second person.</source>
        <translation>Aktionen, und Signaturen nach ihrer Bedeutung, die auf Schulung warten. Jede Änderung genehmigt eine zweite Person.</translation>
    </message>
    <message>
        <source>Everybody who is not trained on the effective version today, asked of them or not.</source>
        <translation>Alle, die heute nicht auf die gültige Version geschult sind, ob verlangt oder nicht.</translation>
    </message>
    <message>
        <source>Choose a procedure.</source>
        <translation>Eine Anweisung wählen.</translation>
    </message>
    <message>
        <source>Choose a person.</source>
        <translation>Eine Person wählen.</translation>
    </message>
    <message>
        <source>You cannot instruct yourself.</source>
        <translation>Sich selbst kann man nicht unterweisen.</translation>
    </message>
    <message>
        <source>Read and sign it.</source>
        <translation>Lesen und signieren Sie sie.</translation>
    </message>
    <message>
        <source>{person} was instructed by you on {sop} ({title}), version {number}.</source>
        <translation>{person} wurde von Ihnen unterwiesen in {sop} ({title}), Version {number}.</translation>
    </message>
    <message>
        <source>Sign instruction</source>
        <translation>Unterweisung signieren</translation>
    </message>
    <message>
        <source>How you saw that they understood</source>
        <translation>Woran Sie sahen, dass sie verstanden wurde</translation>
    </message>
    <message>
        <source>It waits as change request {number}, to be submitted and approved.</source>
        <translation>Es wartet als Änderungsantrag {number}, einzureichen und zu genehmigen.</translation>
    </message>
    <message>
        <source>Signed.</source>
        <translation>Signiert.</translation>
    </message>
</context>
<context>
    <name>TrainingRules</name>
    <message>
        <source>What waits for it</source>
        <translation>Was darauf wartet</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>Nummer</translation>
    </message>
    <message>
        <source>Procedure</source>
        <translation>Anweisung</translation>
    </message>
    <message>
        <source>What waits for training</source>
        <translation>Was auf Schulung wartet</translation>
    </message>
    <message>
        <source>Publish version</source>
        <translation>Version veröffentlichen</translation>
    </message>
    <message>
        <source>Withdraw</source>
        <translation>Zurückziehen</translation>
    </message>
    <message>
        <source>Require training</source>
        <translation>Schulung verlangen</translation>
    </message>
    <message>
        <source>Release</source>
        <translation>Aufheben</translation>
    </message>
    <message>
        <source>signature: {meaning}</source>
        <translation>Signatur: {meaning}</translation>
    </message>
    <message>
        <source>Ask for change</source>
        <translation>Änderung beantragen</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Version</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>Titel</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Effective from, like 2026-11-20</source>
        <translation>Gültig ab, etwa 2026-11-20</translation>
    </message>
    <message>
        <source>Good for months, empty for no end</source>
        <translation>Gültig für Monate, leer für unbegrenzt</translation>
    </message>
    <message>
        <source>The version before is superseded, and training on it is outdated from this date on. A second person approves.</source>
        <translation>Die vorige Version ist ersetzt, Schulung darauf ab diesem Tag veraltet. Eine zweite Person genehmigt.</translation>
    </message>
    <message>
        <source>Publish a version</source>
        <translation>Eine Version veröffentlichen</translation>
    </message>
    <message>
        <source>Nobody is trained on it any more. What still asks for it is released first. A second person approves.</source>
        <translation>Niemand wird mehr darauf geschult. Was sie noch verlangt, wird zuerst aufgehoben. Eine zweite Person genehmigt.</translation>
    </message>
    <message>
        <source>Withdraw a procedure</source>
        <translation>Eine Anweisung zurückziehen</translation>
    </message>
    <message>
        <source>Whoever is not trained is refused the action, or the signature, from then on. A second person approves.</source>
        <translation>Wer nicht geschult ist, dem wird die Aktion oder Signatur von da an verweigert. Eine zweite Person genehmigt.</translation>
    </message>
    <message>
        <source>Number of the procedure</source>
        <translation>Nummer der Anweisung</translation>
    </message>
    <message>
        <source>{duty} asks for {sop} no more; people who were never trained may do it. A second person approves.</source>
        <translation>{duty} verlangt {sop} nicht mehr; wer nie geschult wurde, darf es tun. Eine zweite Person genehmigt.</translation>
    </message>
    <message>
        <source>Release a requirement</source>
        <translation>Eine Forderung aufheben</translation>
    </message>
</context>
<context>
    <name>TrendsPage</name>
    <message>
        <source>15 min</source>
        <translation>15 min</translation>
    </message>
    <message>
        <source>1 h</source>
        <translation>1 h</translation>
    </message>
    <message>
        <source>8 h</source>
        <translation>8 h</translation>
    </message>
    <message>
        <source>24 h</source>
        <translation>24 h</translation>
    </message>
    <message>
        <source>Choose tags</source>
        <translation>Tags wählen</translation>
    </message>
    <message>
        <source>Newest</source>
        <translation>Neueste</translation>
    </message>
    <message>
        <source>The station runs without devices. Start the client with its drivers.</source>
        <translation>Die Station läuft ohne Geräte. Starten Sie den Client mit seinen Treibern.</translation>
    </message>
    <message>
        <source>No tag is registered here.</source>
        <translation>Hier ist kein Tag registriert.</translation>
    </message>
    <message>
        <source>Nothing was kept of these tags in this time.</source>
        <translation>Von diesen Tags wurde in dieser Zeit nichts aufbewahrt.</translation>
    </message>
    <message>
        <source>Band: lowest to highest. Hatched: nothing usable is known. Dotted: limits of alarms.</source>
        <translation>Band: niedrigster bis höchster Wert. Schraffiert: nichts Brauchbares bekannt. Punktiert: Alarmgrenzen.</translation>
    </message>
    <message>
        <source>Values were lost {count} times.</source>
        <translation>{count}-mal gingen Werte verloren.</translation>
    </message>
    <message>
        <source>Newest, {time}</source>
        <translation>Neueste, {time}</translation>
    </message>
    <message>
        <source>At {time}</source>
        <translation>Um {time}</translation>
    </message>
</context>
<context>
    <name>TypeLotSheet</name>
    <message>
        <source>Type the lot number</source>
        <translation>Losnummer eintippen</translation>
    </message>
    <message>
        <source>Take number</source>
        <translation>Nummer übernehmen</translation>
    </message>
    <message>
        <source>For {material}. Scan the label whenever it can be read.</source>
        <translation>Für {material}. Das Etikett scannen, wann immer es lesbar ist.</translation>
    </message>
    <message>
        <source>Lot number</source>
        <translation>Losnummer</translation>
    </message>
    <message>
        <source>Missing: lot number.</source>
        <translation>Es fehlt: Losnummer.</translation>
    </message>
</context>
<context>
    <name>VerificationCard</name>
    <message>
        <source>Not verified in this session.</source>
        <translation>In dieser Sitzung nicht verifiziert.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Verify trail</source>
        <translation>Trail verifizieren</translation>
    </message>
    <message>
        <source>Verifying …</source>
        <translation>Wird verifiziert …</translation>
    </message>
    <message>
        <source>It was ended, and the trail says so.</source>
        <translation>Sie wurde beendet; der Trail sagt es.</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} s</translation>
    </message>
    <message>
        <source>{percent} % · {seconds} s · {count} events · {layer}</source>
        <translation>{percent} % · {seconds} s · {count} Ereignisse · {layer}</translation>
    </message>
    <message>
        <source>The trail can be verified again.</source>
        <translation>Der Trail kann wieder verifiziert werden.</translation>
    </message>
    <message>
        <source>Cancelled after {seconds} s: no verdict.</source>
        <translation>Nach {seconds} s abgebrochen: kein Ergebnis.</translation>
    </message>
    <message>
        <source>Verified: {count} events</source>
        <translation>Verifiziert: {count} Ereignisse</translation>
    </message>
    <message>
        <source>{findings} findings in {count} events</source>
        <translation>{findings} Befunde in {count} Ereignissen</translation>
    </message>
    <message>
        <source>head {head} · {time} · {seconds} s</source>
        <translation>Kopf {head} · {time} · {seconds} s</translation>
    </message>
</context>
<context>
    <name>WhySheet</name>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Why not: {action}</source>
        <translation>Warum nicht: {action}</translation>
    </message>
    <message>
        <source>What stands against it</source>
        <translation>Was dagegen steht</translation>
    </message>
    <message>
        <source>What to do, and who can help</source>
        <translation>Was zu tun ist und wer helfen kann</translation>
    </message>
    <message>
        <source>By which rule</source>
        <translation>Nach welcher Regel</translation>
    </message>
    <message>
        <source>Condition of the station</source>
        <translation>Bedingung der Station</translation>
    </message>
</context>
<context>
    <name>Window</name>
    <message>
        <source>Jope</source>
        <translation>Jope</translation>
    </message>
    <message>
        <source>Overview</source>
        <translation>Übersicht</translation>
    </message>
    <message>
        <source>Batch</source>
        <translation>Charge</translation>
    </message>
    <message>
        <source>Clearance</source>
        <translation>Linienfreigabe</translation>
    </message>
    <message>
        <source>Dispensing</source>
        <translation>Einwaage</translation>
    </message>
    <message>
        <source>Trail review</source>
        <translation>Trail-Prüfung</translation>
    </message>
    <message>
        <source>Release</source>
        <translation>Freigabe</translation>
    </message>
    <message>
        <source>Audit trail</source>
        <translation>Audit-Trail</translation>
    </message>
    <message>
        <source>Changes</source>
        <translation>Änderungen</translation>
    </message>
    <message>
        <source>People</source>
        <translation>Personen</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Schulung</translation>
    </message>
    <message>
        <source>Deviations</source>
        <translation>Abweichungen</translation>
    </message>
    <message>
        <source>Alarms</source>
        <translation>Alarme</translation>
    </message>
    <message>
        <source>Devices</source>
        <translation>Geräte</translation>
    </message>
    <message>
        <source>Equipment</source>
        <translation>Ausrüstung</translation>
    </message>
    <message>
        <source>Materials</source>
        <translation>Materialien</translation>
    </message>
    <message>
        <source>Trends</source>
        <translation>Kurven</translation>
    </message>
    <message>
        <source>Your session has ended. Sign in again.</source>
        <translation>Ihre Sitzung ist beendet. Melden Sie sich neu an.</translation>
    </message>
    <message>
        <source>The access of this account has ended. Ask an administrator.</source>
        <translation>Der Zugang dieses Kontos ist beendet. Fragen Sie die Administration.</translation>
    </message>
    <message>
        <source>This badge was revoked. Type your employee ID.</source>
        <translation>Dieser Ausweis wurde eingezogen. Tippen Sie Ihre Personalnummer.</translation>
    </message>
    <message>
        <source>You may change it at any time.</source>
        <translation>Sie dürfen es jederzeit ändern.</translation>
    </message>
    <message>
        <source>The password is changed.</source>
        <translation>Das Passwort ist geändert.</translation>
    </message>
    <message>
        <source>For what leads towards safety, on all lines: hold, acknowledge, disable. Alarmed at once, marked on every event, reviewed by another person.</source>
        <translation>Für das, was zur Sicherheit führt, an allen Linien: anhalten, quittieren, stilllegen. Sofort alarmiert, an jedem Ereignis vermerkt, von einer anderen Person geprüft.</translation>
    </message>
    <message>
        <source>{minutes} min</source>
        <translation>{minutes} min</translation>
    </message>
    <message>
        <source>For how long</source>
        <translation>Wie lange</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>Emergency access</source>
        <translation>Notzugang</translation>
    </message>
    <message>
        <source>Take emergency access</source>
        <translation>Notzugang nehmen</translation>
    </message>
</context>
</TS>
