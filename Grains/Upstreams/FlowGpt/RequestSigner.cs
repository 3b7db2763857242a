using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>The <c>x-signature</c> of a chat request: lower-case hexadecimal MD5 of one of three inputs. Pure.</summary>
internal static class RequestSigner
{
    /// <summary>Characters of a nonce.</summary>
    public const int NonceLength = 32;

    /// <summary>A fresh nonce: <see cref="NonceLength"/> characters of <c>[0-9a-f]</c>, each as likely as any other, not predictable.</summary>
    public static string NewNonce() => RandomNumberGenerator.GetHexString(NonceLength, lowercase: true);

    /// <summary>Signs.</summary>
    /// <param name="form">What is signed.</param>
    /// <param name="timestamp">Unix seconds as sent in <c>x-timestamp</c>.</param>
    /// <param name="nonce">As sent in <c>x-nonce</c>.</param>
    /// <param name="authorization">The whole <c>Authorization</c> value, "Bearer " included.</param>
    /// <param name="deviceId">As sent in <c>x-flow-device-id</c>.</param>
    public static string Sign(SignatureForm form, string timestamp, string nonce, string authorization, string deviceId)
    {
        var (first, separator, last) = form switch
        {
            SignatureForm.DashAuthorization => (timestamp, "-", authorization),
            SignatureForm.ConcatenatedDevice => (timestamp, "", deviceId),
            SignatureForm.ColonDevice => (timestamp, ":", deviceId),
            _ => throw new ArgumentOutOfRangeException(nameof(form)),
        };

        // A token is long: no text is made of the whole input.
        var input = ArrayPool<byte>.Shared.Rent(
            Encoding.UTF8.GetMaxByteCount(first.Length + nonce.Length + last.Length + 2 * separator.Length)
        );
        try
        {
            var length = 0;
            foreach (var part in (ReadOnlySpan<string>)[first, separator, nonce, separator, last])
            {
                length += Encoding.UTF8.GetBytes(part, input.AsSpan(length));
            }

            Span<byte> digest = stackalloc byte[MD5.HashSizeInBytes];
#pragma warning disable CA5351 // The service's own form; it proves nothing and protects nothing here.
            MD5.HashData(input.AsSpan(0, length), digest);
#pragma warning restore CA5351
            return Convert.ToHexStringLower(digest);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(input, clearArray: true);
        }
    }
}
