# Completion of galley's command lines for PowerShell, printed by `galley completion powershell`. Galley itself says what
# can come next; where that is a file, PowerShell completes by itself as nothing is answered.

Register-ArgumentCompleter -Native -CommandName galley -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    # One line instead of words: older versions lose a word that is empty.
    $text = $commandAst.Extent.Text
    $length = $cursorPosition - $commandAst.Extent.StartOffset
    $line = $text.Substring(0, [Math]::Min($length, $text.Length)).PadRight($length)
    $program = Get-Command -Name galley -CommandType Application, ExternalScript -ErrorAction Ignore | Select-Object -First 1
    if ($null -eq $program) { return }
    & $program __complete --line $line 2> $null | Select-Object -Skip 1 | ForEach-Object {
        $value, $meaning = $_ -split "`t", 2
        if (-not $meaning) { $meaning = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $meaning)
    }
}
