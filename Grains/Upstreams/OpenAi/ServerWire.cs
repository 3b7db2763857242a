namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>
/// Which protocol a server is spoken to in where its operator leaves that open (<c>wire: auto</c>): Responses if the server has them, else Chat Completions. Found out before the
/// first call and known from then on; after an answer that decides nothing the server is asked again later. Thread-safe.
/// </summary>
internal sealed class ServerWire
{
    /// <summary>How long an answer that decides nothing is kept.</summary>
    public static readonly TimeSpan AskedAgainAfter = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private Task<bool?>? _asked;
    private DateTimeOffset _askAgainAt;
    private bool? _found;

    /// <summary>Whether the server has Responses; null while that is not known.</summary>
    public bool? SpeaksResponses
    {
        get
        {
            lock (_gate)
            {
                return _found;
            }
        }
    }

    /// <summary>Whether the server has Responses, asked for where that is not known; false when the server's answer does not say.</summary>
    /// <param name="ask">Asks the server. Never throws.</param>
    /// <param name="now">The time.</param>
    public async ValueTask<bool> FindAsync(Func<Task<bool?>> ask, DateTimeOffset now)
    {
        Task<bool?> asked;
        lock (_gate)
        {
            if (_asked is null || (_asked.IsCompleted && _found is null && now >= _askAgainAt))
            {
                _asked = ask();
                _askAgainAt = now + AskedAgainAfter;
            }

            asked = _asked;
        }

        var found = await asked;
        lock (_gate)
        {
            _found ??= found;
        }

        return found ?? false;
    }

    /// <summary>What the status of a request without a model means: the route is missing, the request was read and refused, or neither is known.</summary>
    public static bool? Read(int? status) =>
        status switch
        {
            404 or 405 or 410 or 501 => false,
            400 or 422 => true,
            _ => null,
        };
}
