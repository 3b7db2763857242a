using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>
/// What can be read of a FlowGPT bearer token without its key: nothing here is verified. A token that is not a JWT, or lacks a claim, just has
/// nulls. Pure.
/// </summary>
/// <param name="Id">The account's id (claim <c>id</c>); null when there is none.</param>
/// <param name="ExpiresAt">When the token ends (claim <c>exp</c>); null when there is none.</param>
public sealed record JwtClaims(string? Id, DateTimeOffset? ExpiresAt)
{
    /// <summary>Nothing known.</summary>
    public static JwtClaims None { get; } = new(null, null);

    /// <summary>Whether the token has ended. A token without <c>exp</c> never does.</summary>
    public bool IsExpired(DateTimeOffset now) => ExpiresAt <= now;

    /// <summary>Never the account's id.</summary>
    public override string ToString() => $"JwtClaims (expires {ExpiresAt?.ToString("u") ?? "never"})";

    /// <summary>Reads the second part of <c>header.payload.signature</c>. Never throws.</summary>
    public static JwtClaims Read(string? bearerToken)
    {
        var token = bearerToken.AsSpan();
        var start = token.IndexOf('.') + 1;
        if (start == 0)
        {
            return None;
        }

        var payload = token[start..];
        var end = payload.IndexOf('.');
        payload = end < 0 ? payload : payload[..end];

        var rented = ArrayPool<byte>.Shared.Rent(Base64Url.GetMaxDecodedLength(payload.Length));
        try
        {
            return Base64Url.TryDecodeFromChars(payload, rented, out var written) ? ReadPayload(rented.AsSpan(0, written)) : None;
        }
        catch (Exception invalid) when (invalid is JsonException or FormatException or InvalidOperationException)
        {
            return None;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }

    private static JwtClaims ReadPayload(ReadOnlySpan<byte> json)
    {
        string? id = null;
        DateTimeOffset? expires = null;
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return None;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isId = reader.ValueTextEquals("id"u8);
            var isExpiry = reader.ValueTextEquals("exp"u8);
            reader.Read();
            if (isId && reader.TokenType == JsonTokenType.String)
            {
                id = reader.GetString() is { Length: > 0 } value ? value : null;
            }
            else if (isExpiry && reader.TokenType == JsonTokenType.Number)
            {
                expires = ToTime(reader.GetDouble());
            }
            else
            {
                reader.Skip();
            }
        }

        return new JwtClaims(id, expires);
    }

    // RFC 7519, NumericDate: seconds, possibly with a fraction. A date that no calendar holds is none.
    private static DateTimeOffset? ToTime(double seconds) =>
        seconds is >= 0 and <= 253402300799 ? DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond)) : null;
}
