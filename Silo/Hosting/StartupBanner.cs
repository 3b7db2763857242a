using System.Text;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Pools;

namespace FlowGpt.Silo.Hosting;

/// <summary>What a person reads when the product has started: where it is, what it does, and a line to try it with.</summary>
/// <param name="Address">Where the API listens; null when it does not run here.</param>
/// <param name="Mode">Where the data is, and the keys.</param>
/// <param name="Models">What clients can ask for.</param>
/// <param name="Accounts">The accounts of the pools that serve them.</param>
/// <param name="Routes">What configuration says of pools.</param>
internal sealed record StartupBanner(
    string? Address,
    IHostingMode Mode,
    ModelCatalog Models,
    IReadOnlyList<AccountSnapshot> Accounts,
    ConfiguredRoutes Routes
)
{
    private const int MostModels = 12;

    /// <summary>Asks the running silo for what there is to say.</summary>
    public static async Task<StartupBanner> ReadAsync(IServiceProvider services, IHostingMode mode, string? address)
    {
        var grains = services.GetRequiredService<IGrainFactory>();
        await grains.GetGrain<IModelDiscoveryGrain>(IModelDiscoveryGrain.Key).GetOnceAsked();
        var models = await grains.GetGrain<IModelCatalogGrain>(IModelCatalogGrain.Key).Get();
        var accounts = new List<AccountSnapshot>();
        foreach (
            var pool in models
                .Models.SelectMany(static model => model.Targets)
                .Select(static target => target.Pool)
                .Distinct(StringComparer.Ordinal)
        )
        {
            accounts.AddRange((await grains.GetGrain<ITokenPoolGrain>(pool).GetSnapshot()).Accounts);
        }

        return new StartupBanner(address, mode, models, accounts, services.GetRequiredService<IRouteSource>().Current);
    }

    /// <summary>The text for a terminal. It holds a generated client key, so it is never logged.</summary>
    public string ForTerminal()
    {
        var text = new StringBuilder();
        text.AppendLine();
        text.AppendLine(Address is null ? "FlowGptCluster silo is ready (no API here)" : $"FlowGptCluster is ready on {Address}");
        text.AppendLine($"  mode        {Mode.Description}");
        text.AppendLine($"  upstream    {DescribeUpstream()}");
        foreach (var line in FromEnvironment())
        {
            text.AppendLine($"              {line}");
        }

        text.AppendLine($"  models      {DescribeModels()}");
        text.AppendLine($"  API key     {Describe(Mode.Keys.Master, Mode.Keys.MasterFile, "API_MASTER_KEY")}");
        text.AppendLine($"  admin key   {Describe(null, Mode.Keys.AdminFile, "ADMIN_API_KEY")}");
        if (Address is not null)
        {
            text.AppendLine($"  dashboard   {Address}/dashboard  (sign in with the admin key)");
        }

        if (Address is not null && Models.Models is [var first, ..])
        {
            AppendExample(text, first.Id);
        }

        return text.AppendLine().ToString();
    }

    private IEnumerable<string> FromEnvironment() =>
        Routes
            .Pools.Where(static pool => pool.Origin is not null)
            .Select(static pool =>
                $"pool {pool.Definition.Name} comes from {pool.Origin}"
                + (pool.Definition.BaseUrl is { } address ? $" and calls {address}" : "")
            )
            .Concat(Routes.Notes);

    private string DescribeModels()
    {
        var ids = string.Join(", ", Models.Models.Take(MostModels).Select(static model => model.Id));
        return Models.Models.Length <= MostModels ? ids : $"{ids} and {Models.Models.Length - MostModels} more (GET /v1/models)";
    }

    private string DescribeUpstream() =>
        Models.IsDemo
            ? "DEMO: no account is configured, so a built-in simulator answers, not a model."
                + $"{Environment.NewLine}              Set OPENAI_API_KEY, FLOWGPT_BEARER_TOKEN or FLOWGPT_ACCOUNTS_FILE to use your accounts."
        : Accounts.Count == 0 ? "no account is configured: every request gets 503 until there is one"
        : $"{Accounts.Count} account{(Accounts.Count == 1 ? "" : "s")}, {Accounts.Count(static one => one.State == AccountState.Ready)} available";

    private void AppendExample(StringBuilder text, string model)
    {
        var key = Mode.Keys.MasterFile is null ? "$API_MASTER_KEY" : Mode.Keys.Master;
        text.AppendLine();
        text.AppendLine("Try it:");
        text.AppendLine(
            $"  curl -N {Address}/v1/chat/completions -H \"Authorization: Bearer {key}\" -H \"Content-Type: application/json\" \\"
        );
        text.AppendLine($$"""    -d '{"model":"{{model}}","stream":true,"messages":[{"role":"user","content":"Say hello"}]}'""");
    }

    private static string Describe(string? key, string? file, string setting) =>
        file is null ? $"as set in {setting}"
        : key is null ? $"generated, kept in {file}"
        : $"{key}  (generated, kept in {file})";
}
