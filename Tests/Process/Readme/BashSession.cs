using System.Diagnostics;
using System.Text;

namespace FlowGpt.Tests.Process.Readme;

/// <summary>A shell into which commands are pasted one after the other, as a reader does; the first that fails ends it.</summary>
internal sealed class BashSession : IAsyncDisposable
{
    private readonly System.Diagnostics.Process _bash;
    private int _pasted;

    private BashSession(System.Diagnostics.Process bash) => _bash = bash;

    public static BashSession Start(string directory, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(ExternalProgram.Bash.PathOrSkip(), ["-euo", "pipefail", "-s"])
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in (string[])["FLOWGPT_URL", "ADMIN_API_KEY", "DATA_DIRECTORY", "http_proxy", "HTTP_PROXY"])
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new BashSession(System.Diagnostics.Process.Start(start)!);
    }

    /// <summary>Runs commands and returns what they wrote.</summary>
    public async Task<string> PasteAsync(string commands)
    {
        var end = $"--- end of {++_pasted}";
        await _bash.StandardInput.WriteAsync($"{commands}\necho; echo '{end}'\n");
        await _bash.StandardInput.FlushAsync();
        var output = new StringBuilder();
        while (await Soon.Happens(_bash.StandardOutput.ReadLineAsync(), "the commands end") is var line && line != end)
        {
            if (line is null)
            {
                Assert.Fail($"The shell ended at:\n{commands}\nIt wrote:\n{output}\n{await _bash.StandardError.ReadToEndAsync()}");
            }

            output.AppendLine(line);
        }

        return output.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        _bash.StandardInput.Close();
        if (!_bash.WaitForExit(TimeSpan.FromSeconds(10)))
        {
            _bash.Kill();
            await _bash.WaitForExitAsync();
        }

        _bash.Dispose();
    }
}
