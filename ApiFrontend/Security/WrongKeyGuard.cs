using System.Collections.Concurrent;
using System.Net;
using FlowGpt.ApiFrontend.Keys;
using FlowGpt.ApiFrontend.Requests;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Security;

/// <summary>
/// Slows down whoever tries keys: after some wrong ones, requests from that address wait, then are refused with the time to come back before
/// their key is even looked at. Other addresses notice nothing, and neither does a key that was right from this address before. Each
/// frontend counts for itself.
/// </summary>
internal sealed partial class WrongKeyGuard
{
    private const int MostAddresses = 10_000;

    /// <summary>The longest that a request is held; beyond it, it is refused.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly RequestDelegate _next;
    private readonly TimeProvider _time;
    private readonly ILogger<WrongKeyGuard> _logger;
    private readonly WrongKeyTable<IPAddress> _wrong;
    private readonly ConcurrentDictionary<(IPAddress Address, int Key), bool> _right = new();
    private readonly Lock _lock = new();
    private volatile bool _anyWrong;

    public WrongKeyGuard(RequestDelegate next, TimeProvider time, IOptions<ClientKeyOptions> keys, ILogger<WrongKeyGuard> logger)
    {
        _next = next;
        _time = time;
        _logger = logger;
        _wrong = new WrongKeyTable<IPAddress>(keys.Value.FreeWrongKeys, keys.Value.WrongKeyPause, MostAddresses);
    }

    public Task InvokeAsync(HttpContext context) =>
        PresentedKey.Read(context.Request) is { } presented ? GuardAsync(context, presented) : _next(context);

    private async Task GuardAsync(HttpContext context, string presented)
    {
        var request = ApiRequest.Of(context);
        // A hash of few bits, seeded anew in each process: it tells keys apart well enough, and nothing about them.
        var key = (Address: ClientAddress.NetworkOf(context), presented.GetHashCode(StringComparison.Ordinal));
        if (_anyWrong && !_right.ContainsKey(key) && Enter(key.Address) is { Ticks: > 0 } wait)
        {
            if (wait > Patience)
            {
                request.Operation ??= "key";
                await request.RefuseAsync(KeyErrors.TooManyWrong(wait));
                return;
            }

            await Task.Delay(wait, _time, context.RequestAborted);
        }

        await _next(context);
        if (request.KeyId is not null)
        {
            NoteRight(key);
        }
        else if (request.ErrorCode == KeyErrors.InvalidKey)
        {
            NoteWrong(key);
        }
    }

    private TimeSpan Enter(IPAddress address)
    {
        lock (_lock)
        {
            return _wrong.Enter(address, _time.GetUtcNow(), Patience);
        }
    }

    private void NoteRight((IPAddress, int) key)
    {
        if (_right.ContainsKey(key))
        {
            return;
        }

        if (_right.Count >= MostAddresses)
        {
            _right.Clear();
        }

        _right[key] = true;
    }

    private void NoteWrong((IPAddress Address, int) key)
    {
        _right.TryRemove(key, out _);
        lock (_lock)
        {
            _wrong.Wrong(key.Address, _time.GetUtcNow());
            _anyWrong = true;
        }

        LogWrongKey(key.Address);
    }

    [LoggerMessage(EventId = 1303, Level = LogLevel.Warning, Message = "A wrong key came from {Address}")]
    private partial void LogWrongKey(IPAddress address);
}
