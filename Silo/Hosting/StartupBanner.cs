using System.Text;

namespace FlowGpt.Silo.Hosting;

/// <summary>What a person reads when the product has started: where it is, what it does, and a line to try it with.</summary>
internal sealed record StartupBanner(string Address, IHostingMode Mode)
{
    /// <summary>The text for a terminal. It holds a generated client key, so it is never logged.</summary>
    public string ForTerminal()
    {
        var text = new StringBuilder();
        text.AppendLine();
        text.AppendLine($"FlowGptCluster is ready on {Address}");
        text.AppendLine($"  mode        {Mode.Description}");
        text.AppendLine($"  API key     {Describe(Mode.Keys.Master, Mode.Keys.MasterFile, "API_MASTER_KEY")}");
        text.AppendLine($"  admin key   {Describe(null, Mode.Keys.AdminFile, "ADMIN_API_KEY")}");
        text.AppendLine();
        return text.ToString();
    }

    private static string Describe(string? key, string? file, string setting) =>
        file is null ? $"as set in {setting}"
        : key is null ? $"generated, kept in {file}"
        : $"{key}  (generated, kept in {file})";
}
