using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FlowGpt.Tests.Browser;

/// <summary>The DevTools protocol over one connection: sends commands, reads their answers, and raises events.</summary>
internal sealed class DevTools : IAsyncDisposable
{
    private readonly ClientWebSocket _socket;
    private readonly ConcurrentDictionary<long, TaskCompletionSource<JsonObject>> _waiting = [];
    private readonly SemaphoreSlim _sending = new(1);
    private readonly CancellationTokenSource _end = new();
    private Task _reading = Task.CompletedTask;
    private long _last;

    private DevTools(ClientWebSocket socket) => _socket = socket;

    /// <summary>Raised for every event with its session, name and parameters.</summary>
    public event Action<string?, string, JsonObject>? Happened;

    public static async Task<DevTools> ConnectAsync(Uri address)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(address, TestDeadline.Token);
        var tools = new DevTools(socket);
        tools._reading = tools.ReadAsync();
        return tools;
    }

    /// <summary>Sends a command and returns its result.</summary>
    public async Task<JsonObject> SendAsync(string method, JsonObject? parameters = null, string? session = null)
    {
        var id = Interlocked.Increment(ref _last);
        var answer = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        var command = new JsonObject
        {
            ["id"] = id,
            ["method"] = method,
            ["params"] = parameters ?? [],
        };
        if (session is not null)
        {
            command["sessionId"] = session;
        }

        await _sending.WaitAsync(TestDeadline.Token);
        try
        {
            var bytes = JsonSerializer.SerializeToUtf8Bytes(command);
            await _socket.SendAsync(bytes, WebSocketMessageType.Text, endOfMessage: true, TestDeadline.Token);
        }
        finally
        {
            _sending.Release();
        }

        var result = await answer.Task.WaitAsync(TestDeadline.Token);
        return result["error"] is { } error
            ? throw new InvalidOperationException($"{method}: {error["message"]}")
            : (JsonObject)result["result"]!;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _socket.Abort();
        await _reading;
        _socket.Dispose();
        _sending.Dispose();
        _end.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var read = await _socket.ReceiveAsync(buffer, _end.Token);
                message.Write(buffer, 0, read.Count);
                if (read.EndOfMessage)
                {
                    Take((JsonObject)JsonNode.Parse(message.ToArray())!);
                    message.SetLength(0);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException or JsonException)
        {
            foreach (var answer in _waiting.Values)
            {
                answer.TrySetException(new InvalidOperationException("The browser's connection ended.", exception));
            }
        }
    }

    private void Take(JsonObject message)
    {
        if ((long?)message["id"] is { } id)
        {
            if (_waiting.TryRemove(id, out var answer))
            {
                answer.SetResult(message);
            }
        }
        else
        {
            Happened?.Invoke((string?)message["sessionId"], (string)message["method"]!, message["params"] as JsonObject ?? []);
        }
    }
}
