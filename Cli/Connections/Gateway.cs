using FlowGpt.Admin.Contracts;
using Spectre.Console;

namespace FlowGpt.Cli.Connections;

/// <summary>Where the gateway is, and the keys for it.</summary>
internal sealed class Gateway(Machine machine)
{
    private const string DefaultUrl = "http://localhost:8088";

    public Machine Machine => machine;

    /// <summary>The address with a slash at the end.</summary>
    /// <exception cref="UsageException">The address is not valid.</exception>
    public Uri AddressOf(GatewaySettings settings)
    {
        var text = settings.Url ?? machine.Variable("FLOWGPT_URL") ?? Profile.Load(machine.ProfileFile)?.Url ?? DefaultUrl;
        return Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new UsageException($"'{text}' is no address. Give one such as {DefaultUrl}.");
    }

    /// <summary>The admin API, with the key of this machine.</summary>
    /// <exception cref="UsageException">There is no key.</exception>
    public AdminClient AdminOf(GatewaySettings settings)
    {
        var kept = Profile.Load(machine.ProfileFile);
        var address = AddressOf(settings);
        // A key that was stored for one gateway is not sent to another.
        var keptKey = kept is not null && kept.Url.TrimEnd('/') == address.ToString().TrimEnd('/') ? kept.AdminKey : null;
        var key =
            machine.Variable("ADMIN_API_KEY")
            ?? keptKey
            ?? throw new UsageException(
                $"There is no admin key for {address}. Run 'flowgpt login', or set ADMIN_API_KEY. The first start of a gateway prints where its key is kept."
            );
        return AdminClient.WithKey(HttpOf(address), key);
    }

    /// <summary>A client's key for this gateway; null when there is none.</summary>
    public string? ClientKeyOf(GatewaySettings settings)
    {
        var kept = Profile.Load(machine.ProfileFile);
        return machine.Variable("API_KEY")
            ?? (kept is not null && kept.Url.TrimEnd('/') == AddressOf(settings).ToString().TrimEnd('/') ? kept.ClientKey : null);
    }

    /// <summary>Requests to the gateway without a key.</summary>
    public HttpClient HttpOf(Uri address) =>
        new(machine.Handler, disposeHandler: false) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Reads a secret: from standard input, never from an argument, which every process of the machine can see.</summary>
    /// <exception cref="UsageException">Standard input is empty.</exception>
    public async Task<string> ReadSecretAsync(IAnsiConsole console, string what, CancellationToken cancellationToken)
    {
        if (!machine.IsInputRedirected)
        {
            var prompt = new TextPrompt<string>($"{what}:").Secret();
            return (await prompt.ShowAsync(console, cancellationToken)).Trim();
        }

        return (await machine.Input.ReadLineAsync(cancellationToken))?.Trim() is { Length: > 0 } line
            ? line
            : throw new UsageException($"{what}: standard input is empty. Example: printf %s \"$SECRET\" | flowgpt …");
    }
}
