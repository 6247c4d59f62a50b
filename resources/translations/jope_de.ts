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
        <source>Use light theme</source>
        <translation>Helles Bild</translation>
    </message>
    <message>
        <source>Use night theme</source>
        <translation>Nachtbild</translation>
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
        <source>Acknowledge</source>
        <translation>Quittieren</translation>
    </message>
    <message>
        <source>Acknowledge {text}</source>
        <translation>Quittieren: {text}</translation>
    </message>
</context>
<context>
    <name>AttemptRow</name>
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
    <name>FormSheet</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
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
    <name>Navigation</name>
    <message>
        <source>About</source>
        <translation>Über</translation>
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
</context>
</TS>
